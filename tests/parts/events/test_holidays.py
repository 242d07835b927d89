"""The shipped table of holidays is whole, and pauses the dispatch of spot goods only where it is told to."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from app.events.dispatch import HOLIDAYS, PAUSES, PAUSING, SPOT, dispatch_due
from app.events.holidays import Holiday, pauses_of, read_holiday
from app.values.policy import Policy

PACK = yaml.safe_load((Path(__file__).parents[3] / "rules/compensation/pack.yaml").read_text("utf-8"))
TABLE = PACK["parameters"]["holidays"]["default"]


def due(paid_at, *pausing):
    values = {SPOT: 48, PAUSES: ("none",), HOLIDAYS: tuple(TABLE), PAUSING: pausing or ("none",)}
    return dispatch_due({"paid_at": paid_at, "stock_type": "spot"}, Policy(values))


def test_every_line_of_the_shipped_table_can_be_read_and_none_overlaps_another():
    read = [read_holiday(line) for line in TABLE]

    assert None not in read
    assert all(one.last < other.first for one, other in pairwise(read))
    assert {each.first.year for each in read} == {2025, 2026}
    assert Holiday("春节", date(2026, 2, 15), date(2026, 2, 23)) in read


def test_days_off_add_up_to_those_of_the_official_arrangements():
    days = {2025: 0, 2026: 0}
    for line in TABLE:
        holiday = read_holiday(line)
        days[holiday.first.year] += (holiday.last - holiday.first).days + 1

    assert days == {2025: 28, 2026: 33}


@pytest.mark.parametrize(
    "line", ["春节", "春节 2026-02-15", "春节 2026-02-30/2026-03-01", "春节 2026-02-23/2026-02-15", "none", ""]
)
def test_what_is_no_line_pauses_nothing(line):
    assert read_holiday(line) is None
    assert pauses_of([line], ["all"]) == ()


PAID = datetime(2026, 2, 14, 2, 0, tzinfo=UTC)  # ten in the morning in China, a day before the festival


def test_no_holiday_pauses_dispatch_until_somebody_says_which():
    assert due(PAID) == PAID + timedelta(hours=48)
    assert due(PAID, "国庆节") == PAID + timedelta(hours=48)


def test_a_named_holiday_stops_the_clock_from_its_first_midnight_to_its_last():
    assert due(PAID, "春节") == due(PAID, "all") == PAID + timedelta(hours=48, days=9)
    within = datetime(2026, 2, 20, 2, 0, tzinfo=UTC)
    assert due(within, "春节") == datetime(2026, 2, 23, 16, 0, tzinfo=UTC) + timedelta(hours=48)
    after = datetime(2026, 2, 23, 16, 0, tzinfo=UTC)
    assert due(after, "春节") == after + timedelta(hours=48)
