"""Days and months as they are counted in China, where the fund's caps, bills and reports are made."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.errors import InvalidInput, Problem

CHINA = ZoneInfo("Asia/Shanghai")
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)


def day_of(at: datetime) -> date:
    """The day in China at an instant."""
    return at.astimezone(CHINA).date()


def starts_at(day: date) -> datetime:
    """The instant a day begins."""
    return datetime.combine(day, time(), CHINA).astimezone(UTC)


def ends_at(day: date) -> datetime:
    """The instant a day is over."""
    return starts_at(day + timedelta(days=1))


def month_starts_at(month: str) -> datetime:
    """The instant a month ``YYYY-MM`` begins; raises InvalidInput for what is no month."""
    if (found := _MONTH.fullmatch(month)) is None or found[1] == "0000":
        raise InvalidInput("this is no month", problems=[Problem("month", f"{month!r:.20}", "YYYY-MM")])
    return starts_at(date(int(found[1]), int(found[2]), 1))


def month_ends_at(month: str) -> datetime:
    """The instant a month is over."""
    first = day_of(month_starts_at(month))
    return starts_at((first + timedelta(days=32)).replace(day=1))


def month_of(at: datetime) -> str:
    """The month in China at an instant."""
    return f"{day_of(at):%Y-%m}"
