"""Counts as they are kept: an hour is written whole, a day is the sum of its hours, and a span is read in few rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, delete, func, insert, select
from sqlalchemy.orm import Session

from app.figures.counting import ALL_SHOPS, HOUR, Cell
from app.models import FigureCount, FigureMark, Shop
from app.values.access import Caller
from app.values.china_days import day_of, ends_at, starts_at

MARK = "counted"
BARE = "bare"
KEYLESS = frozenset({"opened", "decided", "judged"})
"""Figures that the whole is told from without their keys; a day keeps such sums beside the others (grain BARE)."""
_IN_MAX = 500


class Count(NamedTuple):
    """What a count is about, whoever's it is."""

    figure: str
    key: str
    side: str


Counts = Counter[Count]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a span that is read from rows of one grain."""

    grain: str
    since: datetime
    until: datetime


def write_hour(session: Session, hour: datetime, counts: Mapping[Cell, int]) -> None:
    """Put an hour's counts in the place of those it had, and its day's sum with them."""
    _write(session, "hour", hour, counts)
    day = day_of(hour)
    columns = (FigureCount.figure, FigureCount.shop_id, FigureCount.key, FigureCount.side)
    within = (FigureCount.grain == "hour") & (FigureCount.at >= starts_at(day)) & (FigureCount.at < ends_at(day))
    summed = session.execute(select(*columns, func.sum(FigureCount.count)).where(within).group_by(*columns))
    of_day = {Cell(*row[:4]): int(row[4]) for row in summed}
    _write(session, "day", starts_at(day), of_day)
    _write(session, BARE, starts_at(day), _without_keys(of_day))


def _without_keys(counts: Mapping[Cell, int]) -> Counter[Cell]:
    bare: Counter[Cell] = Counter()
    for cell, count in counts.items():
        if cell.figure in KEYLESS:
            bare[cell._replace(key="")] += count
    return bare


def kept_of_hour(session: Session, hour: datetime, figure: str) -> dict[Cell, int]:
    """What is kept of one figure for an hour."""
    columns = (FigureCount.figure, FigureCount.shop_id, FigureCount.key, FigureCount.side, FigureCount.count)
    of_hour = (FigureCount.grain == "hour") & (FigureCount.at == hour) & (FigureCount.figure == figure)
    return {Cell(*row[:4]): int(row[4]) for row in session.execute(select(*columns).where(of_hour))}


def _write(session: Session, grain: str, at: datetime, counts: Mapping[Cell, int]) -> None:
    session.execute(delete(FigureCount).where(FigureCount.grain == grain, FigureCount.at == at))
    rows = [{"grain": grain, "at": at, **cell._asdict(), "count": count} for cell, count in counts.items() if count]
    if rows:
        session.execute(insert(FigureCount), rows)


def mark(session: Session) -> FigureMark | None:
    """How far counting has come; None before it began."""
    return session.get(FigureMark, MARK)


def set_mark(session: Session, *, through_at: datetime, counted_at: datetime, took_ms: int) -> None:
    """Say how far it has come; never less far than before."""
    row = mark(session)
    if row is None:
        session.add(FigureMark(id=MARK, through_at=through_at, counted_at=counted_at, took_ms=took_ms))
    else:
        row.through_at, row.counted_at, row.took_ms = max(row.through_at, through_at), counted_at, took_ms
    session.flush()


def read(
    session: Session,
    figures: Collection[str],
    *,
    caller: Caller,
    shop_id: str | None,
    since: datetime,
    until: datetime,
    is_bare: bool = False,
) -> Counts:
    """The counts of a span, of one shop or of all the caller's; ``is_bare``: without keys the whole does not need."""
    found: Counts = Counter()
    columns = (FigureCount.figure, FigureCount.key, FigureCount.side)
    for piece in pieces(since, until):
        for theirs in _shops(caller, shop_id):
            for part in _within(piece, figures, is_bare=is_bare):
                summed = select(*columns, func.sum(FigureCount.count)).where(part & theirs).group_by(*columns)
                for row in session.execute(summed):
                    found[Count(*row[:3])] += int(row[3])
    return found


def read_steps(
    session: Session,
    figures: Collection[str],
    *,
    caller: Caller,
    shop_id: str | None,
    since: datetime,
    until: datetime,
    step: str,
    is_bare: bool = False,
) -> Mapping[datetime, Counts]:
    """The same by hour or by day in China, one entry a step, empty ones too."""
    found: dict[datetime, Counts] = {at: Counter() for at in steps(since, until, step)}
    columns = (FigureCount.at, FigureCount.figure, FigureCount.key, FigureCount.side)
    piece = Piece(step, since, until)
    for theirs in _shops(caller, shop_id):
        for part in _within(piece, figures, is_bare=is_bare):
            summed = select(*columns, func.sum(FigureCount.count)).where(part & theirs).group_by(*columns)
            for row in session.execute(summed):
                if row[0] in found:
                    found[row[0]][Count(*row[1:4])] += int(row[4])
    return found


def by_shop(
    session: Session,
    figures: Collection[str],
    *,
    caller: Caller,
    since: datetime,
    until: datetime,
    limit: int,
) -> Sequence[tuple[str, Counts]]:
    """The caller's shops with their counts, without keys where the whole needs none, most counts first."""
    found: dict[str, Counts] = {}
    columns = (FigureCount.shop_id, FigureCount.figure, FigureCount.key, FigureCount.side)
    every = sorted(session.scalars(select(Shop.id).where(caller.only_own(Shop.id))))  # named, so that the key is used
    parts = [part for piece in pieces(since, until) for part in _within(piece, figures, is_bare=True)]
    for part in parts:
        for start in range(0, len(every), _IN_MAX):
            theirs = FigureCount.shop_id.in_(every[start : start + _IN_MAX])
            summed = select(*columns, func.sum(FigureCount.count)).where(part & theirs).group_by(*columns)
            for row in session.execute(summed):
                found.setdefault(row[0], Counter())[Count(*row[1:4])] += int(row[4])
    return sorted(found.items(), key=lambda each: (-_things(each[1]), each[0]))[:limit]


def pieces(since: datetime, until: datetime) -> Iterator[Piece]:
    """A span (of whole hours) as whole days in China, and hours at its ends."""
    first = day_of(since) if since == starts_at(day_of(since)) else day_of(ends_at(day_of(since)))
    last = day_of(until)
    if starts_at(first) >= starts_at(last):
        yield Piece("hour", since, until)
        return
    if since < starts_at(first):
        yield Piece("hour", since, starts_at(first))
    yield Piece("day", starts_at(first), starts_at(last))
    if starts_at(last) < until:
        yield Piece("hour", starts_at(last), until)


def steps(since: datetime, until: datetime, step: str) -> Iterator[datetime]:
    """The beginnings of the hours or days of a span."""
    at = since
    while at < until:
        yield at
        at += HOUR if step == "hour" else timedelta(days=1)


def _things(counts: Counts) -> int:
    return sum(number for each, number in counts.items() if each.side != "fen")


def _within(piece: Piece, figures: Collection[str], *, is_bare: bool = False) -> Iterator[ColumnElement[bool]]:
    """Conditions that together name a piece's rows: one a grain, so that each is read along the key."""
    bare = KEYLESS & set(figures) if is_bare and piece.grain == "day" else frozenset()
    at = (FigureCount.at >= piece.since) & (FigureCount.at < piece.until)
    for grain, names in ((piece.grain, set(figures) - bare), (BARE, bare)):
        if names:
            yield (FigureCount.grain == grain) & FigureCount.figure.in_(sorted(names)) & at


def _shops(caller: Caller, shop_id: str | None) -> Iterator[ColumnElement[bool]]:
    """Conditions that together name the shops asked for: the sum of all where the caller may see all."""
    if shop_id is not None:
        yield (FigureCount.shop_id == shop_id) & caller.only_own(FigureCount.shop_id)
    elif caller.shop_ids is None:
        yield FigureCount.shop_id == ALL_SHOPS
    else:
        own = sorted(caller.shop_ids)
        for start in range(0, len(own), _IN_MAX):
            yield FigureCount.shop_id.in_(own[start : start + _IN_MAX])
