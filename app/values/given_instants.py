"""Instants and days as they are given from outside, or stand in JSON columns.

A year is one from 1900 to 8999. Beyond these an instant cannot be turned into another zone, nor can every span be added
to it, and whoever sends one has made a mistake that should be told at the door.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

YEARS = range(1900, 9000)
EXPECTED = "an RFC 3339 instant with offset, such as 2026-11-22T10:04:31+08:00, of a year from 1900 to 8999"
DAY_EXPECTED = "a day such as 2026-02-01, of a year from 1900 to 8999"
_DAY_LENGTH = len("2026-02-01")
_RFC_3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:[Zz]|[+-][0-9]{2}:?[0-9]{2})"
)
"""Seconds or the colon of the offset may be missing, as many send it. Python takes weeks and days of a year, too."""


def read_instant(text: object) -> datetime | None:
    """The instant of an RFC 3339 text with an offset; None for anything else."""
    if not isinstance(text, str) or _RFC_3339.fullmatch(text) is None:
        return None
    try:
        at = datetime.fromisoformat(text.upper())
    except ValueError:
        return None
    return at if at.tzinfo is not None and is_within(at) else None


def is_within(at: datetime) -> bool:
    """Whether an aware instant is of these years where it is told and in UTC, as it is kept."""
    return at.year in YEARS and at.astimezone(UTC).year in YEARS


def read_day(text: object) -> date | None:
    """The day of a text such as 2026-02-01; None for anything else."""
    if not isinstance(text, str) or len(text) != _DAY_LENGTH:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in YEARS else None
