"""Counts as they are kept: an hour is written whole, a day is the sum of its hours, and a span is read in few rows.

A week that is over is the sum of its days, so that a quarter of a year is a dozen sums and not ninety. A running week
is read by its days: nothing has to be added up again with every hour.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Executable, delete, func, insert, select, union_all
from sqlalchemy.orm import Session

from app.figures.counting import ALL_SHOPS, HOUR, Cell
from app.models import FigureCount, FigureMark, Shop
from app.values.access import Caller
from app.values.china_days import day_of, ends_at, starts_at

MARK = "counted"
BARE = "bare"
KEYLESS = frozenset({"opened", "decided", "judged"})
"""Figures that the whole is told from without their keys; a day keeps such sums beside the others (grain BARE)."""
WEEK = timedelta(days=7)
"""China keeps one time all year, so a week is as long as any other."""
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
    """Put an hour's counts in the place of those it had, and the sums it is part of with them."""
    _write(session, "hour", hour, counts)
    day = day_of(hour)
    of_day = _summed(session, "hour", starts_at(day), ends_at(day))
    _write(session, "day", starts_at(day), of_day)
    _write(session, BARE, starts_at(day), _without_keys(of_day))
    begins = week_starts_at(day)
    if _is_over(session, begins + WEEK, hour):
        _write(session, "week", begins, _summed(session, "day", begins, begins + WEEK))
    if not _has_sums(session, begins - WEEK):  # counted by an older version while both were running
        _write(session, "week", begins - WEEK, _summed(session, "day", begins - WEEK, begins))


def _summed(session: Session, grain: str, since: datetime, until: datetime) -> dict[Cell, int]:
    columns = (FigureCount.figure, FigureCount.shop_id, FigureCount.key, FigureCount.side)
    within = (FigureCount.grain == grain) & (FigureCount.at >= since) & (FigureCount.at < until)
    summed = session.execute(select(*columns, func.sum(FigureCount.count)).where(within).group_by(*columns))
    return {Cell(*row[:4]): int(row[4]) for row in summed}


def _is_over(session: Session, week_ends_at: datetime, hour: datetime) -> bool:
    """Whether a week has no hour left to be counted for the first time after this one."""
    known = mark(session)
    return hour + HOUR >= week_ends_at or (known is not None and known.through_at >= week_ends_at)


def _has_sums(session: Session, begins: datetime) -> bool:
    found = select(FigureCount.at).where(FigureCount.grain == "week", FigureCount.at == begins).limit(1)
    return session.scalar(found) is not None


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
    cut = pieces(since, until, weeks_until=_weeks_until(session))
    parts = [part for piece in cut for part in _within(piece, figures, is_bare=is_bare)]
    for theirs in _shops(caller, shop_id):
        for *about, count in session.execute(_sums(columns, [part & theirs for part in parts])):
            found[Count(*about)] += int(count)
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
    cut = pieces(since, until, weeks_until=_weeks_until(session))
    parts = [part for piece in cut for part in _within(piece, figures, is_bare=True)]
    for start in range(0, len(every), _IN_MAX):
        theirs = FigureCount.shop_id.in_(every[start : start + _IN_MAX])
        for shop_id, *about, count in session.execute(_sums(columns, [part & theirs for part in parts])):
            found.setdefault(shop_id, Counter())[Count(*about)] += int(count)
    return sorted(found.items(), key=lambda each: (-_things(each[1]), each[0]))[:limit]


def pieces(since: datetime, until: datetime, *, weeks_until: datetime | None = None) -> Iterator[Piece]:
    """A span (of whole hours) as whole weeks up to ``weeks_until``, whole days in China, and hours at its ends."""
    first = day_of(since) if since == starts_at(day_of(since)) else day_of(ends_at(day_of(since)))
    last = day_of(until)
    if starts_at(first) >= starts_at(last):
        yield Piece("hour", since, until)
        return
    if since < starts_at(first):
        yield Piece("hour", since, starts_at(first))
    yield from _days_and_weeks(starts_at(first), starts_at(last), weeks_until)
    if starts_at(last) < until:
        yield Piece("hour", starts_at(last), until)


def week_starts_at(day: date) -> datetime:
    """The instant the Monday of a day's week begins in China."""
    return starts_at(day - timedelta(days=day.weekday()))


def _days_and_weeks(since: datetime, until: datetime, weeks_until: datetime | None) -> Iterator[Piece]:
    """Whole days, whose whole weeks are read as such."""
    over = min(until, weeks_until) if weeks_until is not None else since
    first, last = week_starts_at(day_of(since)), week_starts_at(day_of(over))
    first = first if first == since else first + WEEK
    if first >= last:
        yield Piece("day", since, until)
        return
    if since < first:
        yield Piece("day", since, first)
    yield Piece("week", first, last)
    if last < until:
        yield Piece("day", last, until)


def _weeks_until(session: Session) -> datetime | None:
    """The instant before which every week's sum is kept."""
    known = mark(session)
    return None if known is None else known.through_at


def steps(since: datetime, until: datetime, step: str) -> Iterator[datetime]:
    """The beginnings of the hours or days of a span."""
    at = since
    while at < until:
        yield at
        at += HOUR if step == "hour" else timedelta(days=1)


def _sums(columns: Sequence[Any], parts: Sequence[ColumnElement[bool]]) -> Executable:
    """One statement for all parts: each is read along the key, and the database is asked once."""
    return union_all(*(select(*columns, func.sum(FigureCount.count)).where(part).group_by(*columns) for part in parts))


def _things(counts: Counts) -> int:
    return sum(number for each, number in counts.items() if each.side != "fen")


def _within(piece: Piece, figures: Collection[str], *, is_bare: bool = False) -> Iterator[ColumnElement[bool]]:
    """Conditions that together name a piece's rows: one a grain, so that each is read along the key."""
    bare = KEYLESS & set(figures) if is_bare and piece.grain != "hour" else frozenset()
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
