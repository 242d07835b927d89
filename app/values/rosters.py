"""Shifts and skills as values: who works at an instant, until when, when next, and which cases somebody can judge.

Pure; hours and days are China's. Who has no shift at all is bound to none, so that a small team needs no roster.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.errors import InvalidInput, Problem
from app.values.case_clocks import WorkingTime
from app.values.china_days import day_of, starts_at

DAY_MINUTES = 24 * 60
_LOOK_AHEAD_DAYS = 60
_OFFICE_DAYS = frozenset(range(1, 6))


class ShiftKind(StrEnum):
    """How a shift recurs."""

    WEEKLY = "weekly"
    DAY = "day"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Shift:
    """One line of a roster. ``opens`` and ``closes`` are minutes from midnight; closing before opening is tomorrow."""

    kind: ShiftKind
    opens: int = 0
    closes: int = DAY_MINUTES
    weekdays: frozenset[int] = frozenset()
    first_day: date = date.min
    last_day: date | None = None
    keeps_calendar: bool = True

    def check(self) -> None:
        """Raise InvalidInput naming everything that is wrong."""
        problems = []
        if not 0 <= self.opens < DAY_MINUTES:
            problems.append(Problem("opens", str(self.opens), "00:00 to 23:59"))
        if not 0 < self.closes <= DAY_MINUTES or self.closes == self.opens:
            problems.append(Problem("closes", str(self.closes), "00:01 to 24:00, another time than the beginning"))
        if self.kind is ShiftKind.WEEKLY and not (self.weekdays and self.weekdays <= frozenset(range(1, 8))):
            problems.append(Problem("weekdays", "none", "1 (Monday) to 7"))
        if self.last_day is not None and self.last_day < self.first_day:
            problems.append(Problem("last_day", self.last_day.isoformat(), "not before the first day"))
        if self.kind is not ShiftKind.WEEKLY and self.last_day is None:
            problems.append(Problem("last_day", "is not said", "the last day"))
        if problems:
            raise InvalidInput("the shift is wrong", problems=problems)

    def is_on(self, day: date, working: WorkingTime) -> bool:
        """Whether the line is about that day."""
        if day < self.first_day or (self.last_day is not None and day > self.last_day):
            return False
        if self.kind is not ShiftKind.WEEKLY:
            return True
        if self.keeps_calendar and day in working.worked:
            return bool(self.weekdays & _OFFICE_DAYS)
        return day.isoweekday() in self.weekdays and not (self.keeps_calendar and day in working.holidays)

    def hours(self, day: date) -> tuple[datetime, datetime]:
        """From when until when the shift that begins on that day lasts."""
        closes = self.closes + (DAY_MINUTES if self.closes <= self.opens else 0)
        return starts_at(day) + timedelta(minutes=self.opens), starts_at(day) + timedelta(minutes=closes)


@dataclass(frozen=True, slots=True)
class OnDuty:
    """How an officer stands: ``until`` is None off duty, ``next_at`` when they are on again; both None: no roster."""

    has_roster: bool = False
    until: datetime | None = None
    next_at: datetime | None = None

    @property
    def may_take(self) -> bool:
        """Whether work may be given to them now."""
        return not self.has_roster or self.until is not None


def on_duty(shifts: Sequence[Shift], at: datetime, working: WorkingTime) -> OnDuty:
    """How somebody with these shifts stands at an instant; shifts that touch or overlap are one."""
    turns = [shift for shift in shifts if shift.kind is not ShiftKind.LEAVE]
    if not turns:
        return OnDuty(has_roster=bool(shifts))
    until: datetime | None = None
    for begins, ends in _hours_around(shifts, at, working):
        if begins <= (until or at) < ends:
            until = ends
        elif begins > at:
            return OnDuty(True, until, None if until else begins)
    return OnDuty(True, until, None)


def _hours_around(shifts: Sequence[Shift], at: datetime, working: WorkingTime) -> Iterator[tuple[datetime, datetime]]:
    """Hours worked from the day before ``at`` on, in order."""
    day = day_of(at) - timedelta(days=1)
    for _ in range(_LOOK_AHEAD_DAYS):
        if not any(each.kind is ShiftKind.LEAVE and each.is_on(day, working) for each in shifts):
            turns = (each for each in shifts if each.kind is not ShiftKind.LEAVE and each.is_on(day, working))
            yield from sorted(each.hours(day) for each in turns)
        day += timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Skills:
    """What an officer can judge; an empty set is everything."""

    queues: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    scripts: frozenset[str] = frozenset()

    @classmethod
    def read(cls, kept: Mapping[str, Iterable[str]]) -> Skills:
        """From how they are kept with the officer."""
        return cls(*(frozenset(kept.get(name, ())) for name in ("queues", "categories", "scripts")))

    def as_kept(self) -> dict[str, list[str]]:
        """How they are kept; nothing where everything can be judged."""
        named = {"queues": self.queues, "categories": self.categories, "scripts": self.scripts}
        return {name: sorted(values) for name, values in named.items() if values}

    def cover(self, *, queue: str, category: str, script: str | None) -> bool:
        """Whether a case is within them; a case in no known script is anybody's."""
        return (
            (not self.queues or queue in self.queues)
            and (not self.categories or category in self.categories)
            and (not self.scripts or script is None or script in self.scripts)
        )


EVERYTHING = Skills()
