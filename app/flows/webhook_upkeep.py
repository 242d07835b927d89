"""Looking after webhooks: a new secret with an overlap, messages sent again, an endpoint taken up again, the log.

Each is a deed with an audit row. Sending again gives a message all its attempts once more; its ``webhook-id`` stays, so
that a receiver that had it after all knows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select, tuple_, update
from sqlalchemy.orm import Session

from app import audit
from app.errors import Conflict, NotFound
from app.flows.deliver_outbox import open_secrets, seal_secrets
from app.flows.parts import Parts
from app.models import DeliveryAttempt, OutboxMessage, QueueRow, WebhookEndpoint
from app.outbox.messages import DELIVER, new_secret
from app.outbox.receivers import note_success
from app.outbox.secrets_at_hand import rotated
from app.values.access import Caller

STATES = ("waiting", "delivered", "failed", "dropped")
_ATTEMPTS_SHOWN = 20
_REPLAYED_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message and what came of its attempts, newest first."""

    message: OutboxMessage
    attempts: tuple[DeliveryAttempt, ...]


def find_endpoint(session: Session, endpoint_id: str, *, by: Caller) -> WebhookEndpoint:
    """An endpoint all of whose shops are the caller's; raises NotFound."""
    found = session.get(WebhookEndpoint, endpoint_id)
    if found is None or not may_see(by, found):
        raise NotFound(f"no webhook endpoint {endpoint_id}")
    return found


def may_see(by: Caller, endpoint: WebhookEndpoint) -> bool:
    """Whether all of the endpoint's shops are the caller's."""
    if by.shop_ids is None:
        return True
    return endpoint.shop_ids is not None and set(endpoint.shop_ids) <= by.shop_ids


def rotate_secret(
    parts: Parts, endpoint_id: str, *, overlap: timedelta, by: Caller, now: datetime
) -> tuple[str, datetime]:
    """Sign with a new secret from now on, and with those before it until the overlap ends; returns it, this once."""
    new, until = new_secret(), now + overlap

    def work(session: Session) -> None:
        endpoint = find_endpoint(session, endpoint_id, by=by)
        if endpoint.format != "standard":
            raise Conflict("a robot has no secret that could be changed: add its new address, then end this one")
        secrets = rotated(open_secrets(parts, session, endpoint), new, until=until, now=now)
        endpoint.secrets = seal_secrets(parts, session, endpoint.id, secrets, now=now)
        _record(session, "webhook.rotate", endpoint.id, by, {"old_until": until.isoformat()}, now=now)

    parts.db.write(work)
    return new, until


def deliveries(
    session: Session, endpoint: WebhookEndpoint, *, state: str | None, before: tuple[datetime, str] | None, limit: int
) -> list[Delivery]:
    """The endpoint's messages, newest first, each with its last attempts."""
    of_it = OutboxMessage.endpoint_id == endpoint.id
    if state is not None:
        of_it &= OutboxMessage.state == state
    query = select(OutboxMessage).where(of_it).order_by(OutboxMessage.created_at.desc(), OutboxMessage.id.desc())
    if before is not None:
        query = query.where(tuple_(OutboxMessage.created_at, OutboxMessage.id) < before)
    messages = session.scalars(query.limit(limit)).all()
    tried: dict[str, list[DeliveryAttempt]] = {message.id: [] for message in messages}
    for attempt in session.scalars(
        select(DeliveryAttempt)
        .where(DeliveryAttempt.message_id.in_(tried))
        .order_by(DeliveryAttempt.at.desc(), DeliveryAttempt.id.desc())
    ):
        tried[attempt.message_id].append(attempt)
    return [Delivery(message, tuple(tried[message.id][:_ATTEMPTS_SHOWN])) for message in messages]


def send_again(parts: Parts, endpoint_id: str, message_id: str, *, by: Caller, now: datetime) -> None:
    """Send one message again, whatever became of it; raises Conflict where its endpoint is disabled."""

    def work(session: Session) -> None:
        endpoint = _live(session, endpoint_id, by)
        this = (OutboxMessage.id == message_id) & (OutboxMessage.endpoint_id == endpoint.id)
        if not _again(session, this, now=now):
            raise NotFound(f"no message {message_id} of this endpoint")
        _record(session, "webhook.replay", endpoint.id, by, {"message_id": message_id}, now=now)

    parts.db.write(work)


def send_failed_again(parts: Parts, endpoint_id: str, *, since: datetime, by: Caller, now: datetime) -> int:
    """Send every message again that was given up or dropped since then, at most 10,000; returns how many."""

    def work(session: Session) -> int:
        endpoint = _live(session, endpoint_id, by)
        lost = (OutboxMessage.endpoint_id == endpoint.id) & OutboxMessage.state.in_(["failed", "dropped"])
        count = _again(session, lost & (OutboxMessage.created_at >= since), now=now)
        details = {"since": since.isoformat(), "messages": count}
        _record(session, "webhook.replay", endpoint.id, by, details, now=now)
        return count

    return parts.db.write(work)


def take_up_again(parts: Parts, endpoint_id: str, *, by: Caller, now: datetime) -> WebhookEndpoint:
    """Enable an endpoint that was ended or answered 410; what was dropped meanwhile has to be sent again by itself."""

    def work(session: Session) -> WebhookEndpoint:
        endpoint = find_endpoint(session, endpoint_id, by=by)
        if endpoint.disabled_at is not None:
            endpoint.disabled_at, endpoint.disabled_why = None, None
            note_success(endpoint)
            _record(session, "webhook.enable", endpoint.id, by, {}, now=now)
        return endpoint

    return parts.db.write(work)


def _live(session: Session, endpoint_id: str, by: Caller) -> WebhookEndpoint:
    endpoint = find_endpoint(session, endpoint_id, by=by)
    if endpoint.disabled_at is not None:
        raise Conflict("the endpoint is disabled: enable it first")
    note_success(endpoint)  # whoever sends again knows that the receiver is back
    return endpoint


def _again(session: Session, which: ColumnElement[bool], *, now: datetime) -> int:
    ids = session.scalars(select(OutboxMessage.id).where(which).order_by(OutboxMessage.id).limit(_REPLAYED_MAX)).all()
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        session.execute(
            update(OutboxMessage).where(OutboxMessage.id.in_(some)).values(state="waiting", delivered_at=None)
        )
        rows = QueueRow.slot_key.in_([f"{DELIVER}:{each}" for each in some])
        values: dict[str, Any] = {"state": "waiting", "attempts": 0, "due_at": now, "finished_at": None}
        session.execute(update(QueueRow).where(rows, QueueRow.state != "running").values(values))
    return len(ids)


def _record(
    session: Session, action: str, endpoint_id: str, by: Caller, details: dict[str, Any], *, now: datetime
) -> None:
    audit.record(
        session,
        actor=by.name,
        action=action,
        object_type="webhook_endpoint",
        object_id=endpoint_id,
        details=details,
        now=now,
    )
