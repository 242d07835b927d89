"""By when a person's request has to be answered: working days of China, holidays and 调休 counted, 30 days at most."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from app.values.case_clocks import WorkingTime
from app.values.china_days import CHINA
from app.vault.requests import calendar_of, due_after

SPRING = frozenset(date(2026, 2, 15) + timedelta(days=each) for each in range(9))  # 春节, to the 23rd
WORKED = frozenset({date(2026, 2, 14), date(2026, 2, 28)})  # Saturdays that are worked instead
CALENDAR = calendar_of(WorkingTime(holidays=SPRING, worked=WORKED))


def last_day(received, calendar=CALENDAR):
    due = due_after(datetime.fromisoformat(received).replace(tzinfo=CHINA), calendar=calendar)
    return ((due - timedelta(seconds=1)).astimezone(CHINA)).strftime("%Y-%m-%d %H:%M:%S")


@pytest.mark.parametrize(
    ("received", "last"),
    [
        ("2026-03-02T09:00:00", "2026-03-23"),  # three plain weeks
        ("2026-03-02T23:59:59", "2026-03-23"),  # the day it came in does not count
        ("2026-03-07T12:00:00", "2026-03-27"),  # a Saturday
        ("2026-02-09T09:00:00", "2026-03-06"),  # nine days of Spring Festival, two Saturdays worked
        ("2026-02-13T09:00:00", "2026-03-12"),
    ],
)
def test_fifteen_working_days_end_with_the_last_of_them(received, last):
    assert last_day(received) == f"{last} 23:59:59"


def test_whatever_holidays_lie_in_between_it_is_thirty_days_at_most():
    endless = calendar_of(WorkingTime(holidays=frozenset(date(2026, 3, 1) + timedelta(days=n) for n in range(365))))

    assert last_day("2026-03-02T09:00:00", endless) == "2026-04-01 23:59:59"


def test_the_weekends_of_a_team_that_always_works_make_no_day_of_the_law():
    always = WorkingTime()

    assert last_day("2026-03-02T09:00:00", calendar_of(always)) == "2026-03-23 23:59:59"
