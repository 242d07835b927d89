"""A platform knocks: believe it or not, keep what it said, and answer before anything is made of it.

request ─ verified, decrypted ─ not believed → counted, the platform's own words of refusal
                              └ believed → one unit of work: row (once), sealed body, row of the queue → accepted
"""

from __future__ import annotations

from base64 import b64encode
from datetime import datetime

import orjson
import structlog
from sqlalchemy.orm import Session

from app import inbox, queue
from app.errors import NotFound
from app.events.provider import Account, Answer, Message, Provider, Received
from app.flows.parts import Parts
from app.flows.platform_keys import plan_unknown_key, with_known_keys
from app.metrics import INBOUND
from app.wechat.accounts import PayAccount
from app.wechat.errors import Doubt, Untrusted

_ATTEMPTS = 12  # an hour and a half by the worker's growing waits
_TOO_LARGE = 413
_log = structlog.get_logger(__name__)


def find_account(parts: Parts, provider: str, account: str) -> tuple[Provider, Account]:
    """The provider and the account, or NotFound."""
    found = parts.accounts.get(provider, {}).get(account)
    if found is None:
        raise NotFound("no such account")
    if isinstance(found, PayAccount):
        found = with_known_keys(parts.db, parts.platform_keys, found)
    return parts.providers[provider], found


def receive_message(parts: Parts, provider: Provider, account: Account, received: Received, *, now: datetime) -> Answer:
    """Keep one message; the answer says no more than that, and nothing about why a message was refused."""
    try:
        message = provider.open(account, received, now=now)
    except Untrusted as doubt:
        if doubt.doubt is Doubt.UNKNOWN_KEY and isinstance(account, PayAccount):
            plan_unknown_key(parts.db, account, now=now)  # known when the platform sends the message again
        return _refuse(provider, account, doubt)
    is_new = parts.db.write(
        lambda session: _keep(parts, session, provider.name, account.name, message, received, now=now)
    )
    INBOUND.labels(provider.name, "accepted" if is_new else "repeated").inc()
    return provider.accepted()


def check_address(parts: Parts, provider: Provider, account: Account, received: Received) -> Answer:
    """Answer the platform's try of an address."""
    try:
        answer = provider.check_address(account, received, now=parts.now())
    except Untrusted as doubt:
        return _refuse(provider, account, doubt)
    INBOUND.labels(provider.name, "address_checked").inc()
    return answer


def refuse_too_large(provider: Provider) -> Answer:
    """A body that is not even read."""
    INBOUND.labels(provider.name, "too_large").inc()
    return provider.refused(_TOO_LARGE)


def place_of(message_pk: str) -> dict[str, str]:
    """Where a sealed body stands."""
    return {"table": "inbound_message", "column": "body", "row": message_pk}


MESSAGES = "inbound-messages"
"""Under whose key bodies are sealed; whose they are is not known before they are read."""


def _refuse(provider: Provider, account: Account, doubt: Untrusted) -> Answer:
    INBOUND.labels(provider.name, doubt.doubt.value).inc()
    _log.warning(
        "inbound_refused", provider=provider.name, account=account.name, doubt=doubt.doubt.value, why=doubt.detail
    )
    return provider.refused(doubt.status)


def _keep(
    parts: Parts, session: Session, provider: str, account: str, message: Message, received: Received, *, now: datetime
) -> bool:
    kept = inbox.keep(
        session,
        provider=provider,
        account=account,
        message_id=message.id,
        kind=message.kind,
        content=message.content,
        now=now,
    )
    if kept is None:
        return False
    whole = {"headers": received.headers, "query": received.query, "body": b64encode(received.body).decode()}
    sealed = parts.people.seal(session, orjson.dumps(whole), person=MESSAGES, now=now, **place_of(kept))
    inbox.put_body(session, kept, sealed)
    payload = {"inbound_id": kept}
    queue.add(session, kind=inbox.WORK, payload=payload, due_at=now, now=now, max_attempts=_ATTEMPTS)
    return True
