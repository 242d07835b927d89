"""Claimable rows: the one mechanism behind deadlines, webhook deliveries and scheduled jobs.

Why our own: a row is added in the transaction of its cause, claimed by exactly one worker (``FOR UPDATE SKIP LOCKED``;
on SQLite the single writer), survives kill −9 because a lease runs out by itself, and the console can list it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.models import QueueRow, new_id

LEASE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Claim:
    """A row this worker holds until ``leased_until``; ``attempt`` counts from 1."""

    id: str
    kind: str
    payload: Mapping[str, Any]
    attempt: int
    max_attempts: int
    leased_by: str
    leased_until: datetime


def add(
    session: Session,
    *,
    kind: str,
    payload: dict[str, Any],
    due_at: datetime,
    now: datetime,
    slot_key: str | None = None,
    max_attempts: int = 8,
) -> str | None:
    """Add a row; returns its id, or None when ``slot_key`` was taken before (then nothing is added)."""
    values = {
        "id": new_id(),
        "kind": kind,
        "payload": payload,
        "due_at": due_at,
        "created_at": now,
        "slot_key": slot_key,
        "state": "waiting",
        "attempts": 0,
        "max_attempts": max_attempts,
    }
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = (
        insert(QueueRow).values(values).on_conflict_do_nothing(index_elements=["slot_key"]).returning(QueueRow.id)
    )
    return session.execute(statement).scalar()


def claim(
    session: Session,
    *,
    worker: str,
    now: datetime,
    limit: int = 20,
    lease: timedelta = LEASE,
    only: Collection[str] | None = None,
) -> list[Claim]:
    """Lease up to ``limit`` due rows to ``worker``: waiting ones, and running ones whose lease ran out.

    A row whose attempts are used up when its lease runs out is closed as failed: its worker died every time. With
    ``only``, while it is in doubt what time it is, rows of these kinds are leased that wait, and no lease is over.
    """
    is_due: ColumnElement[bool] = (QueueRow.state == "waiting") & (QueueRow.due_at <= now)
    if only is None:
        _close_exhausted(session, now)
        is_due = or_(is_due, (QueueRow.state == "running") & (QueueRow.leased_until <= now))
    else:
        is_due &= QueueRow.kind.in_(sorted(only))
    rows = session.scalars(
        select(QueueRow)
        .where(is_due)
        .order_by(QueueRow.due_at, QueueRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    until = now + lease
    for row in rows:
        row.state, row.leased_by, row.leased_until, row.attempts = "running", worker, until, row.attempts + 1
    session.flush()
    return [Claim(row.id, row.kind, row.payload, row.attempts, row.max_attempts, worker, until) for row in rows]


def finish(session: Session, claim: Claim, *, now: datetime) -> bool:
    """Close the row as done; False when the lease was lost to another worker meanwhile (then do not commit effects)."""
    return _leave(session, claim, state="done", finished_at=now, leased_by=None, leased_until=None)


def retry(session: Session, claim: Claim, *, error: str, due_at: datetime, now: datetime) -> bool:
    """Give the row back for ``due_at``, or close it as failed when its attempts are used up."""
    if claim.attempt >= claim.max_attempts:
        return fail(session, claim, error=error, now=now)
    return _leave(
        session, claim, state="waiting", due_at=due_at, last_error=error[:2000], leased_by=None, leased_until=None
    )


def postpone(session: Session, claim: Claim, *, due_at: datetime) -> bool:
    """Give the row back for ``due_at`` as if it had not been claimed: none of its attempts is used up."""
    return _leave(
        session,
        claim,
        state="waiting",
        due_at=due_at,
        attempts=claim.attempt - 1,
        leased_by=None,
        leased_until=None,
    )


def fail(session: Session, claim: Claim, *, error: str, now: datetime) -> bool:
    """Close the row as failed, for a person to look at."""
    return _leave(
        session, claim, state="failed", finished_at=now, last_error=error[:2000], leased_by=None, leased_until=None
    )


def failed(session: Session, *, kinds: Collection[str], limit: int = 200) -> Sequence[QueueRow]:
    """Rows of some kinds that nobody works any more and a person has to look at, oldest first."""
    is_failed = QueueRow.kind.in_(kinds) & (QueueRow.state == "failed")
    return session.scalars(select(QueueRow).where(is_failed).order_by(QueueRow.finished_at).limit(limit)).all()


def count_failed(session: Session, *, kinds: Collection[str]) -> int:
    """How many such rows there are."""
    is_failed = QueueRow.kind.in_(kinds) & (QueueRow.state == "failed")
    return session.scalar(select(func.count()).select_from(QueueRow).where(is_failed)) or 0


def bring_back(session: Session, *, but: Collection[str], now: datetime) -> int:
    """Make due what was meant at once by a clock that was ahead, except rows of some kinds; how many rows it was.

    When that clock is put right, such rows would wait for as long as it was ahead. What was meant for later keeps its
    time, whatever clock it was worked out by.
    """
    is_late = (QueueRow.state == "waiting") & (QueueRow.due_at > now) & (QueueRow.due_at == QueueRow.created_at)
    brought = session.execute(update(QueueRow).where(is_late, QueueRow.kind.not_in(but)).values(due_at=now))
    return int(brought.rowcount)  # type: ignore[attr-defined]


def revive(session: Session, row_id: str, *, kinds: Collection[str], now: datetime) -> QueueRow | None:
    """Have a failed row worked again, with all its attempts; None when there is no such row."""
    is_failed = (QueueRow.id == row_id) & QueueRow.kind.in_(kinds) & (QueueRow.state == "failed")
    row = session.scalar(select(QueueRow).where(is_failed).with_for_update())
    if row is not None:
        row.state, row.attempts, row.due_at, row.finished_at = "waiting", 0, now, None
        session.flush()
    return row


def drop(session: Session, row_id: str, *, kinds: Collection[str], now: datetime) -> QueueRow | None:
    """Put a failed row away for good; None when there is no such row."""
    is_failed = (QueueRow.id == row_id) & QueueRow.kind.in_(kinds) & (QueueRow.state == "failed")
    row = session.scalar(select(QueueRow).where(is_failed).with_for_update())
    if row is not None:
        row.state, row.finished_at = "dropped", now
        session.flush()
    return row


def backlog(session: Session, *, now: datetime) -> int:
    """How many rows are due and not done."""
    is_late = QueueRow.state.in_(["waiting", "running"]) & (QueueRow.due_at <= now)
    return session.scalar(select(func.count()).select_from(QueueRow).where(is_late)) or 0


def forget_done(session: Session, *, kinds: Collection[str], before: datetime) -> None:
    """Drop rows of recurring jobs that are done for long: one a minute would fill the table for nothing."""
    old = QueueRow.kind.in_(kinds) & (QueueRow.state == "done") & (QueueRow.finished_at < before)
    session.execute(delete(QueueRow).where(old))


def _leave(session: Session, claim: Claim, **values: Any) -> bool:
    held = (QueueRow.id == claim.id) & (QueueRow.state == "running") & (QueueRow.leased_by == claim.leased_by)
    left = session.execute(
        update(QueueRow).where(held, QueueRow.attempts == claim.attempt).values(**values).returning(QueueRow.id)
    )
    return left.scalar() is not None


def _close_exhausted(session: Session, now: datetime) -> None:
    lost = (QueueRow.state == "running") & (QueueRow.leased_until <= now) & (QueueRow.attempts >= QueueRow.max_attempts)
    session.execute(
        update(QueueRow)
        .where(lost)
        .values(state="failed", finished_at=now, last_error="the worker died on every attempt")
    )
