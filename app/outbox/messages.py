"""Announcing: one thin message per interested endpoint, added beside its cause, with a queue row that sends it.

Messages carry identifiers, outcomes and our own wordings, never uploaded texts or personal data: the receiver asks
back with its own key.
"""

from __future__ import annotations

import secrets
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Literal, get_args

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import InvalidInput, NotFound, Problem
from app.models import DeliveryAttempt, OutboxMessage, QueueRow, WebhookEndpoint, new_id
from app.outbox.sending import Sent
from app.prepared import Prepared, connection_of

EventType = Literal[
    "content.outcome",
    "case.opened",
    "appeal.filed",
    "appeal.decided",
    "snapshot.refused",
    "snapshot.waiting",
    "rule.tripped",
    "rule.review_due",
    "event.fired",
    "live.flagged",
    "wordlists.stale",
    "claim.opened",
    "claim.paid",
    "claim.refused",
    "claim.recovered",
    "evidence.ending",
]
EVENT_TYPES: tuple[str, ...] = get_args(EventType)
DELIVER = "deliver_webhook"
_ENDPOINTS = WebhookEndpoint.__table__.c
_LIVE = Prepared(select(_ENDPOINTS.id).where(_ENDPOINTS.disabled_at.is_(None)).limit(1))
MAX_ATTEMPTS = 10


def new_secret() -> str:
    """A standard-webhooks secret: ``whsec_`` and 32 random bytes in base64."""
    return "whsec_" + b64encode(secrets.token_bytes(32)).decode()


def announce(
    session: Session, *, type_: str, natural_key: str, shop_id: str | None, data: Mapping[str, object], now: datetime
) -> int:
    """Write the message for every endpoint that wants it; saying the same twice changes nothing. Returns how many."""
    assert type_ in EVENT_TYPES, "event types are listed"
    if not is_heard(session):
        return 0
    body = orjson.dumps({"type": type_, "timestamp": now.isoformat(), "data": dict(data)})
    said = 0
    for endpoint in session.scalars(select(WebhookEndpoint).where(WebhookEndpoint.disabled_at.is_(None))):
        if not _wants(endpoint, type_, shop_id) or _was_said(session, endpoint.id, natural_key):
            continue
        message = OutboxMessage(
            id=new_id(), endpoint_id=endpoint.id, natural_key=natural_key, type=type_, body=body, created_at=now
        )
        session.add(message)
        session.add(
            QueueRow(
                kind=DELIVER,
                slot_key=f"{DELIVER}:{message.id}",
                payload={"message_id": message.id},
                due_at=now,
                created_at=now,
                max_attempts=MAX_ATTEMPTS,
            )
        )
        said += 1
    session.flush()
    return said


def is_heard(session: Session) -> bool:
    """Whether there is any live endpoint; asked once before many announcements."""
    return _LIVE.first(connection_of(session)) is not None


def check_event_types(wanted: list[str]) -> None:
    """Raise InvalidInput for event types that do not exist."""
    unknown = [name for name in wanted if name not in EVENT_TYPES]
    if unknown or not wanted:
        problem = Problem("event_types", ", ".join(unknown) or "none given", ", ".join(EVENT_TYPES))
        raise InvalidInput("the event types are wrong", problems=[problem])


def load(session: Session, message_id: str) -> tuple[OutboxMessage, WebhookEndpoint]:
    """A message and where it goes."""
    message = session.get(OutboxMessage, message_id)
    endpoint = None if message is None else session.get(WebhookEndpoint, message.endpoint_id)
    if message is None or endpoint is None:
        raise NotFound(f"no outbox message {message_id}")
    return message, endpoint


def note_attempt(session: Session, message_id: str, sent: Sent, *, now: datetime) -> None:
    """Keep what happened; a success closes the message, a receiver that is gone is disabled."""
    message, endpoint = load(session, message_id)
    session.add(
        DeliveryAttempt(
            message_id=message_id,
            at=now,
            ok=sent.ok,
            http_status=sent.http_status,
            error=sent.error,
            took_ms=sent.took_ms,
        )
    )
    if sent.ok:
        message.state, message.delivered_at = "delivered", now
    elif sent.is_gone:
        message.state = "dropped"
        endpoint.disabled_at, endpoint.disabled_why = now, f"the receiver is gone: {sent.error}"
    session.flush()


def give_up(session: Session, message_id: str, *, state: str) -> None:
    """Close a message that will not be sent any more: ``failed`` after the last try, ``dropped`` with its endpoint."""
    message, _ = load(session, message_id)
    message.state = state
    session.flush()


def _wants(endpoint: WebhookEndpoint, type_: str, shop_id: str | None) -> bool:
    own_shop = endpoint.shop_ids is None or (shop_id is not None and shop_id in endpoint.shop_ids)
    return type_ in endpoint.event_types and own_shop


def _was_said(session: Session, endpoint_id: str, natural_key: str) -> bool:
    said = (OutboxMessage.endpoint_id == endpoint_id) & (OutboxMessage.natural_key == natural_key)
    return session.scalar(select(OutboxMessage.id).where(said)) is not None
