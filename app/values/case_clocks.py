"""When a case is due: so many working minutes after it was opened, by its queue and severity.

A clock only runs in working time: the hours of a day, on the days of the week that are worked, less holidays, plus the
days that are worked instead of them (调休). Without any of these it runs around the clock. Pure; days are China's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from app.errors import InvalidInput, Problem
from app.values.china_days import day_of, starts_at

QUEUES = ("content", "orders", "senior", "appeals")
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)", re.ASCII)
_CLOCK = re.compile(r"([a-z]+)(?::([1-5]))?=(\d{1,6})", re.ASCII)
_LOOK_AHEAD_DAYS = 800


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """Which minutes are worked. ``weekdays`` are Monday 1 to Sunday 7; ``closes`` may be 24:00."""

    opens: timedelta = timedelta(0)
    closes: timedelta = timedelta(hours=24)
    weekdays: frozenset[int] = frozenset(range(1, 8))
    holidays: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()

    def is_worked(self, day: date) -> bool:
        """Whether anybody works on that day."""
        return day in self.worked or (day.isoweekday() in self.weekdays and day not in self.holidays)

    def after(self, at: datetime, minutes: int) -> datetime:
        """The instant at which so many minutes of working time have passed since ``at``."""
        left, day = timedelta(minutes=minutes), day_of(at)
        for _ in range(_LOOK_AHEAD_DAYS):
            if self.is_worked(day):
                begin = max(at, starts_at(day) + self.opens)
                end = starts_at(day) + self.closes
                if begin + left <= end:
                    return begin + left
                left -= max(end - begin, timedelta(0))
            day += timedelta(days=1)
        return at + timedelta(minutes=minutes)  # nobody ever works: an overdue case is better than one never due


@dataclass(frozen=True, slots=True)
class Clocks:
    """Minutes by (queue, severity); a queue's own where the severity is not named."""

    minutes: Mapping[tuple[str, int | None], int] = field(default_factory=dict)
    working: WorkingTime = WorkingTime()

    def of(self, queue: str, severity: int, *, otherwise: int) -> int:
        """The minutes for that queue and severity, ``otherwise`` where none are set."""
        found = self.minutes.get((queue, severity), self.minutes.get((queue, None)))
        return otherwise if found is None else found

    def due_at(self, now: datetime, *, queue: str, severity: int, otherwise: int) -> datetime:
        """When a case opened now is due."""
        return self.working.after(now, self.of(queue, severity, otherwise=otherwise))


def read_clocks(*, clocks: str, hours: str, weekdays: str, holidays: str, worked: str) -> Clocks:
    """Clocks from the settings' texts; raises InvalidInput naming every one that is wrong.

    ``clocks``: ``senior=240,content:5=30``. ``hours``: ``09:00-18:00``. ``weekdays``: ``1-5``. ``holidays`` and
    ``worked``: days and spans, ``2026-10-01..2026-10-08,2027-01-01``.
    """
    problems: list[Problem] = []
    working = WorkingTime(
        *_hours(hours, problems),
        _weekdays(weekdays, problems),
        _days("case_holidays", holidays, problems),
        _days("case_workdays", worked, problems),
    )
    minutes: dict[tuple[str, int | None], int] = {}
    for part in filter(None, (each.strip() for each in clocks.split(","))):
        found = _CLOCK.fullmatch(part)
        if found is None or found[1] not in QUEUES or not int(found[3]):
            problems.append(Problem("case_clocks", part, f"QUEUE=MINUTES or QUEUE:SEVERITY=MINUTES; {QUEUES}"))
            continue
        minutes[found[1], int(found[2]) if found[2] else None] = int(found[3])
    if problems:
        raise InvalidInput("the clocks of cases are wrong", problems=problems)
    return Clocks(minutes, working)


def _hours(text: str, problems: list[Problem]) -> tuple[timedelta, timedelta]:
    found = _HOURS.fullmatch(text.strip())
    opens, closes = timedelta(0), timedelta(hours=24)
    if found is not None:
        opens, closes = (timedelta(hours=int(found[at]), minutes=int(found[at + 1])) for at in (1, 3))
    if found is None or not opens < closes <= timedelta(hours=24):
        problems.append(Problem("case_hours", text[:40], "HH:MM-HH:MM within one day, such as 09:00-18:00"))
    return opens, closes


def _weekdays(text: str, problems: list[Problem]) -> frozenset[int]:
    found: set[int] = set()
    for part in filter(None, (each.strip() for each in text.split(","))):
        first, _, last = part.partition("-")
        if not re.fullmatch(r"[1-7](-[1-7])?", part, re.ASCII) or int(last or first) < int(first):
            problems.append(Problem("case_weekdays", part[:40], "1 (Monday) to 7, such as 1-5 or 1,3,5"))
            continue
        found.update(range(int(first), int(last or first) + 1))
    if not found:
        problems.append(Problem("case_weekdays", "no day is worked", "such as 1-5"))
    return frozenset(found)


def _days(name: str, text: str, problems: list[Problem]) -> frozenset[date]:
    found: set[date] = set()
    for part in filter(None, (each.strip() for each in text.split(","))):
        first, _, last = part.partition("..")
        try:
            begin, end = date.fromisoformat(first), date.fromisoformat(last or first)
        except ValueError:
            begin, end = date.max, date.min
        if not begin <= end < begin + timedelta(days=366):
            problems.append(Problem(name, part[:40], "YYYY-MM-DD or YYYY-MM-DD..YYYY-MM-DD, at most a year"))
            continue
        found.update(begin + timedelta(days=step) for step in range((end - begin).days + 1))
    return frozenset(found)
