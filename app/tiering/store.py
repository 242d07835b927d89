"""The stored segments: what is written of a run, and what pages and calls read. This module owns those tables."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any, cast

import polars as pl
from sqlalchemy import Table, delete, func, insert, select, tuple_, update
from sqlalchemy.orm import Session

from app.models import PersonSegment, SegmentMove, TierRun, new_id
from app.tiering.bulk import add_rows
from app.tiering.segments import FIGURES, SCORES
from app.values.access import Caller

GONE = "gone"
RUNNING, DONE, FAILED = "running", "done", "failed"
COMPARED = ("segment", "first_paid_at", "last_paid_at", *FIGURES, *SCORES)
KEPT = ("since_at", "first_segment", "first_at")
_INSTANTS = frozenset({"first_paid_at", "last_paid_at", "since_at", "first_at"})
_TEXTS = frozenset({"person", "segment", "first_segment"})
_IN_MAX, _PORTION = 400, 50_000
_NAMES = ("person", *COMPARED, *KEPT)
SCHEMA: dict[str, Any] = {
    name: pl.String if name in _TEXTS else pl.Datetime("us", "UTC") if name in _INSTANTS else pl.Int64
    for name in _NAMES
}


def stored(session: Session, shop_id: str, persons: Collection[str] | None = None) -> pl.DataFrame:
    """What stands of a shop's customers; of some of them where they are named."""
    wanted = select(*(getattr(PersonSegment, name) for name in _NAMES)).where(PersonSegment.shop_id == shop_id)
    if persons is None:
        return _frame(session.execute(wanted.execution_options(yield_per=_PORTION)).partitions())
    parts = _portions(sorted(persons))
    return _frame(session.execute(wanted.where(PersonSegment.person.in_(part))).all() for part in parts)


def _frame(portions: Iterator[Any]) -> pl.DataFrame:
    frames = [pl.DataFrame([tuple(row) for row in rows], schema=SCHEMA, orient="row") for rows in portions]
    return pl.concat(frames) if frames else pl.DataFrame(schema=SCHEMA)


def write(
    session: Session,
    shop_id: str,
    *,
    add: pl.DataFrame | None = None,
    change: Sequence[dict[str, Any]] = (),
    gone: Sequence[str] = (),
    moves: Sequence[dict[str, Any]] = (),
) -> None:
    """Write one portion of a run: people who are new, who changed, who are no customers any more, and who moved."""
    if gone:
        session.execute(
            delete(PersonSegment).where(PersonSegment.shop_id == shop_id, PersonSegment.person.in_(list(gone)))
        )
    if add is not None:
        table = cast("Table", PersonSegment.__table__)
        add_rows(session, table, add.with_columns(shop_id=pl.lit(shop_id)))
    if change:
        session.execute(update(PersonSegment), [{"shop_id": shop_id, **row} for row in change])
    if moves:
        session.execute(insert(SegmentMove), [{"id": new_id(), "shop_id": shop_id, **row} for row in moves])


def forget(session: Session, person: str) -> int:
    """Take everything about a person out, in every shop; returns how many rows that were."""
    gone = 0
    for model in (PersonSegment, SegmentMove):
        gone += session.execute(delete(model).where(model.person == person)).rowcount  # type: ignore[attr-defined]
    return gone


def forget_of(session: Session, shop_id: str, persons: Sequence[str]) -> int:
    """The same of some people in one shop."""
    gone = 0
    for part in _portions(sorted(persons)):
        for model in (PersonSegment, SegmentMove):
            own = (model.shop_id == shop_id) & model.person.in_(part)
            gone += session.execute(delete(model).where(own)).rowcount  # type: ignore[attr-defined]
    return gone


def counts(session: Session, caller: Caller, shop_id: str | None = None) -> dict[str, int]:
    """People by segment, of one shop or of all the caller may see."""
    wanted = select(PersonSegment.segment, func.count()).where(caller.only_own(PersonSegment.shop_id))
    if shop_id is not None:
        wanted = wanted.where(PersonSegment.shop_id == shop_id)
    return {row[0]: row[1] for row in session.execute(wanted.group_by(PersonSegment.segment))}


def counts_by_shop(session: Session, caller: Caller) -> dict[str, dict[str, int]]:
    """People by shop and segment."""
    wanted = select(PersonSegment.shop_id, PersonSegment.segment, func.count())
    wanted = wanted.where(caller.only_own(PersonSegment.shop_id))
    found: dict[str, dict[str, int]] = {}
    for shop_id, segment, count in session.execute(wanted.group_by(PersonSegment.shop_id, PersonSegment.segment)):
        found.setdefault(shop_id, {})[segment] = count
    return dict(sorted(found.items()))


def of_person(session: Session, person: str, caller: Caller, shop_id: str | None = None) -> list[PersonSegment]:
    """Where a person stands, by shop."""
    wanted = select(PersonSegment).where(PersonSegment.person == person, caller.only_own(PersonSegment.shop_id))
    if shop_id is not None:
        wanted = wanted.where(PersonSegment.shop_id == shop_id)
    return list(session.scalars(wanted.order_by(PersonSegment.shop_id)))


def moves_of(session: Session, shop_id: str, person: str, *, limit: int = 100) -> list[SegmentMove]:
    """A person's moves in a shop, the newest first."""
    own = (SegmentMove.shop_id == shop_id) & (SegmentMove.person == person)
    wanted = select(SegmentMove).where(own).order_by(SegmentMove.at.desc(), SegmentMove.id.desc())
    return list(session.scalars(wanted.limit(limit)))


def newest_moves(
    session: Session,
    caller: Caller,
    *,
    shop_id: str | None = None,
    before: tuple[datetime, str] | None = None,
    limit: int,
) -> list[SegmentMove]:
    """Moves of everybody, the newest first."""
    wanted = select(SegmentMove).where(caller.only_own(SegmentMove.shop_id))
    if shop_id is not None:
        wanted = wanted.where(SegmentMove.shop_id == shop_id)
    if before is not None:
        wanted = wanted.where(tuple_(SegmentMove.at, SegmentMove.id) < tuple_(*before))
    return list(session.scalars(wanted.order_by(SegmentMove.at.desc(), SegmentMove.id.desc()).limit(limit)))


def newest_run(session: Session, shop_id: str, *, is_full: bool | None = None) -> TierRun | None:
    """The last run of a shop that was finished."""
    wanted = select(TierRun).where(TierRun.shop_id == shop_id, TierRun.state == DONE)
    if is_full is not None:
        wanted = wanted.where(TierRun.is_full == is_full)
    return session.scalars(wanted.order_by(TierRun.as_of.desc(), TierRun.id.desc()).limit(1)).first()


def newest_runs(session: Session, caller: Caller) -> list[TierRun]:
    """The last finished run of each shop."""
    latest = select(TierRun.shop_id, func.max(TierRun.as_of).label("as_of")).where(TierRun.state == DONE)
    each = latest.where(caller.only_own(TierRun.shop_id)).group_by(TierRun.shop_id).subquery()
    wanted = select(TierRun).join(each, (TierRun.shop_id == each.c.shop_id) & (TierRun.as_of == each.c.as_of))
    found = {run.shop_id: run for run in session.scalars(wanted.where(TierRun.state == DONE).order_by(TierRun.id))}
    return [found[shop_id] for shop_id in sorted(found)]


def running(session: Session, shop_id: str, *, since: datetime) -> TierRun | None:
    """A run of the shop that is under way."""
    own = (TierRun.shop_id == shop_id) & (TierRun.state == RUNNING) & (TierRun.read_at > since)
    return session.scalars(select(TierRun).where(own).limit(1)).first()


def _portions(items: Sequence[str]) -> Iterator[Sequence[str]]:
    return (items[start : start + _IN_MAX] for start in range(0, len(items), _IN_MAX))
