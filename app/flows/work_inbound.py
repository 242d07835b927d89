"""Working one kept message: open it again, say what it means, take its events, queue its questions, close it.

claimed row ─ unseal, verify again ─ meaning ─ take_events (each exactly once) ─ one unit of work: questions queued,
message closed, row finished. Killed anywhere it starts over and changes nothing twice.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy.orm import Session

from app import inbox, queue
from app.errors import AppError, InvalidInput
from app.events.provider import Lookup, Meaning, Received
from app.events.stored import SentEvent
from app.flows.parts import Parts
from app.flows.receive_message import MESSAGES, find_account, place_of
from app.flows.take_event import take_events
from app.flows.take_media_checks import take_media_checks
from app.models import InboundMessage
from app.wechat.errors import PlatformRefused, Untrusted

LOOK_UP_ATTEMPTS = 24  # about half a day by the worker's growing waits
HOPELESS = (Untrusted, InvalidInput, PlatformRefused)


def work_inbound(parts: Parts, claim: queue.Claim, *, now: datetime) -> None:
    """Work one message; what a person has to mend first fails at once."""
    message_pk = claim.payload["inbound_id"]
    with parts.db.read() as session:
        message = session.get(InboundMessage, message_pk)
        received = _received(parts, session, message) if message and message.body else None
    if message is None or received is None or message.state != "waiting":
        parts.db.write(lambda session: queue.finish(session, claim, now=now))
        return
    try:
        meaning = _meaning(parts, message, received)
        tell(parts, meaning.events, now=now)
    except HOPELESS as error:
        give_up(parts, claim, error, now=now)
        return

    def work(session: Session) -> None:
        if queue.finish(session, claim, now=now):
            add_lookups(session, message.provider, message.account, meaning.lookups, now=now)
            take_media_checks(session, meaning.media_checks, now=now)
            inbox.close(session, message_pk, ignored=meaning.ignored, now=now)

    parts.db.write(work)


def tell(parts: Parts, events: Sequence[SentEvent], *, now: datetime, is_heard: bool = True) -> None:
    """Take events that a platform told; raises InvalidInput naming those that were refused."""
    if not events:
        return
    answers = take_events(parts, events, actor="inbound", now=now, is_heard=is_heard)
    problems = [problem for answer in answers if answer.status == "invalid" for problem in answer.problems]
    if problems:
        raise InvalidInput("an event was refused", problems=problems)


def add_lookups(session: Session, provider: str, account: str, lookups: Sequence[Lookup], *, now: datetime) -> None:
    """Queue questions to the platform."""
    for each in lookups:
        payload: dict[str, Any] = {
            "provider": provider,
            "account": account,
            "what": each.what,
            "asked": dict(each.asked),
            "cause": dict(each.cause),
        }
        queue.add(session, kind=inbox.LOOK_UP, payload=payload, due_at=now, now=now, max_attempts=LOOK_UP_ATTEMPTS)


def give_up(parts: Parts, claim: queue.Claim, error: AppError, *, now: datetime) -> None:
    """Close a row as failed: asking again would change nothing, a person has to look."""
    parts.db.write(lambda session: queue.fail(session, claim, error=f"{error.code}: {error}", now=now))


def _received(parts: Parts, session: Session, message: InboundMessage) -> Received:
    assert message.body is not None, "looked at before"
    opened = parts.people.unseal(session, message.body, person=MESSAGES, **place_of(message.id))
    whole = orjson.loads(opened)
    return Received(whole["headers"], whole["query"], b64decode(whole["body"]))


def _meaning(parts: Parts, message: InboundMessage, received: Received) -> Meaning:
    provider, account = find_account(parts, message.provider, message.account)
    opened = provider.open(account, received, now=None)
    return provider.meaning(account, opened, received_at=message.received_at)
