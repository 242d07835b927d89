"""Settings of the officers' work, read into what flows use; wrong ones stop the start and are all named."""

from __future__ import annotations

from app.errors import InvalidInput, Problem, SettingsError
from app.settings import PREFIX, Settings
from app.values.case_clocks import Clocks, read_clocks
from app.values.penalties import Ladder, read_ladder


def clocks_of(settings: Settings) -> Clocks:
    """When cases are due."""
    try:
        return read_clocks(
            clocks=settings.case_clocks,
            hours=settings.case_hours,
            weekdays=settings.case_weekdays,
            holidays=settings.case_holidays,
            worked=settings.case_workdays,
        )
    except InvalidInput as wrong:
        raise _as_settings(wrong) from None


def ladder_of(settings: Settings) -> Ladder:
    """Which points bring which penalty."""
    try:
        return read_ladder(settings.penalty_ladder)
    except InvalidInput as wrong:
        raise _as_settings(wrong) from None


def four_eyes_categories(settings: Settings) -> frozenset[str]:
    """Categories whose cases need two officers."""
    return listed_categories(settings.four_eyes_categories)


def listed_categories(text: str) -> frozenset[str]:
    """Categories as a setting lists them."""
    return frozenset(filter(None, (each.strip() for each in text.split(","))))


def _as_settings(wrong: InvalidInput) -> SettingsError:
    problems = [Problem(f"{PREFIX}{each.field.upper()}", each.problem, each.expected) for each in wrong.problems]
    return SettingsError("the settings are wrong", problems=problems)
