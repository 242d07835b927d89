"""How a receiver stands: one that fails again and again rests, so that it costs the others nothing.

A receiver that does not answer takes ten seconds of the worker for each message. After three failures in a row it
rests, longer each time, and everything that waits for it waits with it, without losing one of its attempts; one that
says ``Retry-After`` rests as long as it asks. What it could not be told in 75 hours is given up.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ScalarSelect, func, literal, select, update
from sqlalchemy.orm import Session

from app.models import DeliveryAttempt, OutboxMessage, QueueRow, WebhookEndpoint
from app.outbox.messages import DELIVER

PATIENCE = timedelta(hours=83)
"""75 hours of attempts and their jitter."""
_TOLERATED = 3
_FIRST_REST, _LONGEST_REST = timedelta(seconds=10), timedelta(minutes=30)
_ASKED_MAX = timedelta(hours=1)


def note_success(endpoint: WebhookEndpoint) -> None:
    """It takes messages again."""
    endpoint.failures, endpoint.failing_since, endpoint.rests_until = 0, None, None


def note_failure(
    session: Session, endpoint: WebhookEndpoint, *, asked: timedelta | None, now: datetime
) -> datetime | None:
    """Count a failure; returns until when the receiver rests, if it does."""
    endpoint.failures += 1
    endpoint.failing_since = endpoint.failing_since or now
    rest = timedelta(0)
    if endpoint.failures >= _TOLERATED:
        rest = min(_FIRST_REST * 2 ** min(endpoint.failures - _TOLERATED, 10), _LONGEST_REST)
    if asked is not None:
        rest = max(rest, min(asked, _ASKED_MAX))
    if not rest:
        return None
    return put_to_rest(session, endpoint, until=now + rest)


def put_to_rest(session: Session, endpoint: WebhookEndpoint, *, until: datetime) -> datetime:
    """Have everything that waits for the receiver wait until then."""
    endpoint.rests_until = until
    waiting = (QueueRow.kind == DELIVER) & (QueueRow.state == "waiting") & (QueueRow.due_at < until)
    session.execute(
        update(QueueRow)
        .where(waiting, QueueRow.slot_key.in_(_slots(endpoint.id, state="waiting")))
        .values(due_at=until)
        .execution_options(synchronize_session=False)
    )
    return until


def give_up_old(session: Session, endpoint: WebhookEndpoint, *, now: datetime) -> int:
    """Give up what could not be told for so long that nobody waits for it any more; returns how many messages."""
    old = (OutboxMessage.endpoint_id == endpoint.id) & (OutboxMessage.created_at <= now - PATIENCE)
    rows = (QueueRow.kind == DELIVER) & (QueueRow.state == "waiting")
    session.execute(
        update(QueueRow)
        .where(rows, QueueRow.slot_key.in_(_slots(endpoint.id, state="waiting", before=now - PATIENCE)))
        .values(state="failed", finished_at=now, last_error="not taken within 75 hours")
        .execution_options(synchronize_session=False)
    )
    given_up = session.execute(
        update(OutboxMessage)
        .where(old, OutboxMessage.state == "waiting")
        .values(state="failed")
        .returning(OutboxMessage.id)
        .execution_options(synchronize_session=False)
    )
    return len(given_up.all())


def sent_since(session: Session, endpoint_id: str, *, since: datetime) -> tuple[int, datetime | None]:
    """How many attempts the endpoint had since then, and when the oldest of them was."""
    of_it = (OutboxMessage.endpoint_id == endpoint_id) & (DeliveryAttempt.at > since)
    found = session.execute(
        select(func.count(), func.min(DeliveryAttempt.at))
        .select_from(DeliveryAttempt)
        .join(OutboxMessage, OutboxMessage.id == DeliveryAttempt.message_id)
        .where(of_it)
    ).one()
    return found[0], found[1]


def _slots(endpoint_id: str, *, state: str, before: datetime | None = None) -> ScalarSelect[str]:
    of_it = (OutboxMessage.endpoint_id == endpoint_id) & (OutboxMessage.state == state)
    if before is not None:
        of_it &= OutboxMessage.created_at <= before
    return select(literal(f"{DELIVER}:") + OutboxMessage.id).where(of_it).scalar_subquery()
