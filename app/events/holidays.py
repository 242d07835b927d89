"""The public holidays of China as the packs list them: ``春节 2026-02-15/2026-02-23``, both days included.

The table is a parameter, so it lies in the snapshot with everything else that decides: a new year's arrangement is
published, approved and replayed like a rule, and a deployment may replace it by an override.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

_LINE = re.compile(r"(\S{1,20}) ([0-9]{4}-[0-9]{2}-[0-9]{2})/([0-9]{4}-[0-9]{2}-[0-9]{2})")


@dataclass(frozen=True, slots=True)
class Holiday:
    """A holiday by name, from its first to its last day in China."""

    name: str
    first: date
    last: date

    @property
    def pause(self) -> str:
        """As a pause of the calendar: from midnight to midnight."""
        return f"{self.first}T00:00+08:00/{self.last + timedelta(days=1)}T00:00+08:00"


def read_holiday(text: str) -> Holiday | None:
    """One line of the table; None where it is none."""
    if (found := _LINE.fullmatch(text)) is None:
        return None
    try:
        holiday = Holiday(found[1], date.fromisoformat(found[2]), date.fromisoformat(found[3]))
    except ValueError:
        return None
    return holiday if holiday.first <= holiday.last else None


def pauses_of(table: Iterable[str], names: Iterable[str]) -> tuple[str, ...]:
    """The pauses of those holidays of the table that are named; ``all`` names every one."""
    wanted = set(names)
    read = [holiday for text in table if (holiday := read_holiday(text)) is not None]
    return tuple(holiday.pause for holiday in read if "all" in wanted or holiday.name in wanted)
