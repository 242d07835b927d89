"""The stored segments: what is written of a run, and what pages and calls read. This module owns those tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, cast

import polars as pl
from sqlalchemy import Table, delete, func, select, tuple_
from sqlalchemy.orm import Session

from app.models import PersonSegment, SegmentMove, TierRun, new_id
from app.tiering.bulk import add_rows, put_rows
from app.tiering.columns import INSTANT, as_instant, read_columns
from app.tiering.differences import COMPARED, KEPT, Portion
from app.tiering.runs import DONE, Run
from app.values.access import Caller

_TEXTS = frozenset({"person", "segment", "first_segment"})
_INSTANTS = frozenset({"first_paid_at", "last_paid_at", "since_at", "first_at"})
_IN_MAX = 5_000
_NAMES = ("person", *COMPARED, *KEPT)
SCHEMA: dict[str, Any] = {
    name: pl.String if name in _TEXTS else INSTANT if name in _INSTANTS else pl.Int64 for name in _NAMES
}


def stored(session: Session, shop_id: str, persons: Sequence[str] | None = None) -> pl.DataFrame:
    """What stands of a shop's customers; of some of them where they are named."""
    wanted = select(*(getattr(PersonSegment, name) for name in _NAMES)).where(PersonSegment.shop_id == shop_id)
    if persons is None:
        return read_columns(session, wanted, SCHEMA)
    found = [read_columns(session, wanted.where(PersonSegment.person.in_(part)), SCHEMA) for part in _portions(persons)]
    return pl.concat(found) if found else pl.DataFrame(schema=SCHEMA)


def persons(session: Session, shop_id: str) -> list[str]:
    """Everybody who stands in a segment of a shop."""
    wanted = select(PersonSegment.person).where(PersonSegment.shop_id == shop_id)
    return read_columns(session, wanted, {"person": pl.String})["person"].to_list()


def write(session: Session, run: Run, portion: Portion) -> None:
    """Write one portion of a run: people who are new, who changed, who are no customers any more, and who moved."""
    for part in _portions(portion.gone):
        session.execute(
            delete(PersonSegment).where(PersonSegment.shop_id == run.shop_id, PersonSegment.person.in_(part))
        )
    own = pl.lit(run.shop_id).alias("shop_id")
    rows, moves = cast("Table", PersonSegment.__table__), cast("Table", SegmentMove.__table__)
    add_rows(session, rows, portion.add.with_columns(own))
    put_rows(session, rows, portion.replace.with_columns(own), key=("shop_id", "person"))
    ids = pl.Series("id", [new_id() for _ in range(portion.moves.height)], dtype=pl.String)
    add_rows(session, moves, portion.moves.with_columns(ids, own, at=as_instant(run.as_of), run_id=pl.lit(run.id)))


def forget(session: Session, person: str) -> int:
    """Take everything about a person out, in every shop; returns how many rows that were."""
    gone = 0
    for model in (PersonSegment, SegmentMove):
        gone += session.execute(delete(model).where(model.person == person)).rowcount  # type: ignore[attr-defined]
    return gone


def forget_of(session: Session, shop_id: str, persons: Sequence[str]) -> int:
    """The same of some people in one shop."""
    gone = 0
    for part in _portions(persons):
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


def _portions(items: Sequence[str]) -> Iterator[Sequence[str]]:
    return (items[start : start + _IN_MAX] for start in range(0, len(items), _IN_MAX))
