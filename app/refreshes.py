"""Refreshes of wordlists in the database: the lock, each run with its steps, each source's state, the last check.

The lock is a lease in one row: a run renews it with every step and loses it when it dies, so that the next run, in
whatever process on whatever machine, goes on within two minutes. This module owns every change of these rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.errors import Conflict, NotFound
from app.models import WordlistCanary, WordlistCheck, WordlistRefresh, WordlistSource, new_id

LEASE = timedelta(seconds=120)
_SANE = timedelta(hours=1)  # no two machines' clocks differ by more: a lease that ends later is one of a wrong clock
_ROW = "wordlists"


def begin(session: Session, *, by: str, now: datetime) -> WordlistRefresh | None:
    """A new run that holds the lock; None while another one holds it. A run that died is marked ``abandoned``."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(insert(WordlistCheck).values(id=_ROW).on_conflict_do_nothing(index_elements=["id"]))
    run = WordlistRefresh(id=new_id(), asked_by=by, state="running", started_at=now, steps={"done": []}, sources={})
    until = WordlistCheck.locked_until
    is_free = or_(until.is_(None), until <= now, until > now + _SANE)
    won = session.execute(
        update(WordlistCheck)
        .where(WordlistCheck.id == _ROW, is_free)
        .values(locked_by=run.id, locked_until=now + LEASE)
        .returning(WordlistCheck.id)
    ).scalar()
    if won is None:
        return None
    dead = (WordlistRefresh.state == "running") & (WordlistRefresh.id != run.id)
    session.execute(update(WordlistRefresh).where(dead).values(state="abandoned", finished_at=now))
    session.add(run)
    session.flush()
    return run


def hold_lock(session: Session, run_id: str, *, now: datetime) -> None:
    """Renew the run's lease; raises Conflict when another run took over."""
    mine = (WordlistCheck.id == _ROW) & (WordlistCheck.locked_by == run_id)
    renewed = session.execute(
        update(WordlistCheck).where(mine).values(locked_until=now + LEASE).returning(WordlistCheck.id)
    )
    if renewed.scalar() is None:
        raise Conflict("another refresh took over")


def note_step(session: Session, run_id: str, step: Mapping[str, Any], *, now: datetime) -> None:
    """Keep a finished step and renew the lease."""
    hold_lock(session, run_id, now=now)
    run = session.get_one(WordlistRefresh, run_id)
    run.steps = {"done": [*run.steps["done"], dict(step)]}
    session.flush()


def finish(
    session: Session,
    run_id: str,
    *,
    state: str,
    sources: Mapping[str, Any],
    snapshot_id: str | None,
    is_complete: bool,
    now: datetime,
) -> WordlistRefresh:
    """End the run and give the lock back; a complete one is the check that age counts from."""
    hold_lock(session, run_id, now=now)
    run = session.get_one(WordlistRefresh, run_id)
    run.state, run.finished_at, run.sources, run.snapshot = state, now, dict(sources), snapshot_id
    check = session.get_one(WordlistCheck, _ROW)
    check.locked_by = check.locked_until = None
    if is_complete:
        check.checked_at = now
    session.flush()
    return run


def checked_at(session: Session) -> datetime | None:
    """When every source was last checked completely."""
    check = session.get(WordlistCheck, _ROW)
    return None if check is None else check.checked_at


def is_running(session: Session, *, now: datetime) -> bool:
    """Whether a run holds the lock."""
    check = session.get(WordlistCheck, _ROW)
    return check is not None and check.locked_until is not None and now < check.locked_until <= now + _SANE


def newest(session: Session, *, limit: int = 50) -> list[WordlistRefresh]:
    """Runs, newest first."""
    order = (WordlistRefresh.started_at.desc(), WordlistRefresh.id.desc())
    return list(session.scalars(select(WordlistRefresh).order_by(*order).limit(limit)))


def find(session: Session, refresh_id: str) -> WordlistRefresh:
    """One run; raises NotFound."""
    found = session.get(WordlistRefresh, refresh_id)
    if found is None:
        raise NotFound(f"no refresh {refresh_id}")
    return found


def forget(session: Session, *, before: datetime) -> None:
    """Drop runs that changed nothing and are long over; 29 a day say nothing new. What acted is kept."""
    old = WordlistRefresh.started_at < before
    for run in session.scalars(select(WordlistRefresh).where(old, WordlistRefresh.state == "unchanged")):
        session.delete(run)


def source_rows(session: Session) -> dict[str, WordlistSource]:
    """What is known of every source, by name."""
    return {row.name: row for row in session.scalars(select(WordlistSource))}


def owned_by_others(session: Session, name: str) -> set[str]:
    """Files that sources other than this one gave at any time."""
    return {file for row in source_rows(session).values() if row.name != name for file in row.lists}


def note_source(
    session: Session,
    name: str,
    *,
    state: str,
    now: datetime,
    error: str | None = None,
    lists: Iterable[str] = (),
    **known: Any,
) -> None:
    """Keep what became of a source; ``known`` are ``seen``, ``mark``, ``version`` and ``held_snapshot``."""
    row = session.get(WordlistSource, name)
    if row is None:
        row = WordlistSource(name=name, lists=[], state=state, tried_at=now)
        session.add(row)
    row.state, row.error, row.tried_at = state, error, now
    row.lists = sorted({*row.lists, *lists})
    for column, value in known.items():
        setattr(row, column, value)
    if error is None:
        row.checked_at = now
    session.flush()


def settle_held(session: Session, snapshot_id: str, *, state: str) -> list[str]:
    """The second person decided: sources that held this snapshot are ``state`` now; returns their names."""
    held = session.scalars(select(WordlistSource).where(WordlistSource.held_snapshot == snapshot_id)).all()
    for row in held:
        row.state, row.held_snapshot = state, None
    session.flush()
    return [row.name for row in held]


def keep_canary(session: Session, canary: WordlistCanary) -> None:
    """Keep what a candidate would change; a later run of the same candidate replaces it."""
    session.merge(canary)
    session.flush()
