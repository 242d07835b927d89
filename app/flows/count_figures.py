"""Counting what the dashboard shows: hours that are over once, the running one again and again, days as their sum.

mark ─ hours from there to now, one at a time ─ counted (reading) ─ written whole ─ mark moved
The counting rests for twenty times as long as it took, so that it never takes more than a twentieth of a busy hour.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import event_log
from app.errors import InvalidInput, Problem
from app.figures import kept
from app.figures.counted import dispatch
from app.figures.counting import HOUR, count_hour, hour_of
from app.flows.parts import Parts
from app.models import AuditRow, Case, Deadline, Screening

_LOCK = "figures|counting"
_RESTS = 20
_AGAIN = timedelta(minutes=10)
"""So long into an hour the one before is counted again: what was committed at its very end may have come late."""
DISPATCH_DAYS = 7
"""Events told late move dispatch deadlines; so many days are counted again every night."""


def count_figures(parts: Parts, *, now: datetime, seconds: float = 20.0) -> bool:
    """Count on for about so long; whether counting has come to the present."""
    begun = time.monotonic()
    with parts.db.read() as session:
        known = kept.mark(session)
        start = known.through_at if known is not None else _oldest(session, now)
    running = hour_of(now)
    if known is not None and start >= running and _rests(known.counted_at, known.took_ms, now):
        return True
    hour = min(start, running)
    if hour == running and now - running < _AGAIN and known is not None:
        hour -= HOUR
    while True:
        started = time.monotonic()
        _count(parts, hour)
        took_ms = int((time.monotonic() - started) * 1_000)
        through = min(hour + HOUR, running)
        parts.db.write(
            lambda session, through=through, took_ms=took_ms: kept.set_mark(  # type: ignore[misc]
                session, through_at=through, counted_at=now, took_ms=took_ms
            )
        )
        if hour >= running:
            return True
        hour += HOUR
        if time.monotonic() - begun > seconds:
            return False


def recount_figures(parts: Parts, *, since: datetime, until: datetime) -> int:
    """Count the hours of a span again; returns how many. Later hours and the mark stay as they are.

    Raises:
        InvalidInput: the span ends before it begins.
    """
    first = hour_of(since)
    if until <= first:
        raise InvalidInput("the span is empty", problems=[Problem("to", until.isoformat(), "after the beginning")])
    hour, done = first, 0
    while hour < until:
        _count(parts, hour)
        hour, done = hour + HOUR, done + 1
    return done


def recount_dispatch(parts: Parts, *, since: datetime, until: datetime) -> int:
    """Count those hours again whose dispatch is not what it was; returns how many."""
    changed, hour = [], hour_of(since)
    with parts.db.read() as session:
        while hour < until:
            if dict(count_hour(session, hour, [dispatch])) != kept.kept_of_hour(session, hour, "dispatch"):
                changed.append(hour)
            hour += HOUR
    for each in changed:
        _count(parts, each)
    return len(changed)


def count_if_stale(parts: Parts, *, now: datetime) -> None:
    """Count the running hour before it is shown, where that is cheap and was not done in the last seconds."""
    with parts.db.read() as session:
        known = kept.mark(session)
    if known is not None and (known.took_ms > _CHEAP_MS or now - known.counted_at < _FRESH):
        return
    if known is None or now - known.through_at < timedelta(hours=3):
        count_figures(parts, now=now, seconds=0.1)


_CHEAP_MS = 150
_FRESH = timedelta(seconds=5)


def _count(parts: Parts, hour: datetime) -> None:
    with parts.db.read() as session:  # counting a busy hour takes a while: nobody's writing waits for it
        counts = count_hour(session, hour)

    def work(session: Session) -> None:
        event_log.lock(session, [_LOCK])
        kept.write_hour(session, hour, counts)

    parts.db.write(work)


def _rests(counted_at: datetime, took_ms: int, now: datetime) -> bool:
    return timedelta(0) <= now - counted_at < timedelta(milliseconds=took_ms * _RESTS)


def _oldest(session: Session, now: datetime) -> datetime:
    """The hour of the first thing there is to count."""
    columns = (Screening.created_at, Case.opened_at, AuditRow.at)
    found = [session.scalar(select(func.min(column))) for column in columns]
    deadline = session.scalar(select(func.min(Deadline.due_at)).where(Deadline.kind == "order.overdue"))
    return hour_of(min([each for each in (*found, deadline) if each is not None and each <= now], default=now))
