"""Shifts, skills and scripts as values: who works when, in China's days, and what they can judge."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from app.errors import InvalidInput
from app.text.scripts import script_of
from app.values.case_clocks import WorkingTime
from app.values.china_days import CHINA
from app.values.comfort import Comfort, Veil
from app.values.rosters import OnDuty, Shift, ShiftKind, Skills, on_duty

NINE, SIX = 9 * 60, 18 * 60
OFFICE = Shift(ShiftKind.WEEKLY, NINE, SIX, frozenset({1, 2, 3, 4, 5}), date(2026, 1, 1))
NIGHT = Shift(ShiftKind.WEEKLY, 22 * 60, 6 * 60, frozenset({1}), date(2026, 1, 1), keeps_calendar=False)
ALWAYS = WorkingTime()
HOLIDAYS = WorkingTime(holidays=frozenset({date(2026, 10, 1)}), worked=frozenset({date(2026, 10, 10)}))


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@pytest.mark.parametrize(
    ("shifts", "when", "until", "next_at"),
    [
        ([OFFICE], "2026-11-23T09:00", "2026-11-23T18:00", None),
        ([OFFICE], "2026-11-23T08:59", None, "2026-11-23T09:00"),
        ([OFFICE], "2026-11-23T18:00", None, "2026-11-24T09:00"),
        ([OFFICE], "2026-11-21T12:00", None, "2026-11-23T09:00"),
        ([NIGHT], "2026-11-24T05:59", "2026-11-24T06:00", None),
        ([NIGHT], "2026-11-24T06:00", None, "2026-11-30T22:00"),
        ([OFFICE], "2026-10-01T12:00", None, "2026-10-02T09:00"),
        ([OFFICE], "2026-10-10T12:00", "2026-10-10T18:00", None),
        ([NIGHT], "2026-10-10T23:00", None, "2026-10-12T22:00"),
    ],
    ids=["begins", "before", "over", "weekend", "night", "morning", "holiday", "make-up day", "no calendar"],
)
def test_a_shift_runs_from_its_first_minute_to_before_its_last(shifts, when, until, next_at):
    duty = on_duty(shifts, at(when), HOLIDAYS)

    assert duty.until == (until and at(until))
    assert duty.until or duty.next_at == at(next_at)
    assert duty.may_take is (until is not None)


def test_who_has_no_shift_is_bound_by_none_and_who_has_only_leave_is_off():
    leave = Shift(ShiftKind.LEAVE, first_day=date(2026, 11, 23), last_day=date(2026, 11, 23))

    assert on_duty([], at("2026-11-23T12:00"), ALWAYS) == OnDuty()
    assert on_duty([], at("2026-11-23T12:00"), ALWAYS).may_take
    assert not on_duty([leave], at("2026-11-23T12:00"), ALWAYS).may_take


def test_a_leave_takes_its_days_out_and_shifts_that_touch_are_one():
    leave = Shift(ShiftKind.LEAVE, first_day=date(2026, 11, 24), last_day=date(2026, 11, 25))
    evening = Shift(ShiftKind.DAY, SIX, 20 * 60, first_day=date(2026, 11, 23), last_day=date(2026, 11, 23))

    duty = on_duty([OFFICE, leave, evening], at("2026-11-23T17:00"), ALWAYS)
    away = on_duty([OFFICE, leave, evening], at("2026-11-24T10:00"), ALWAYS)

    assert duty.until == at("2026-11-23T20:00")
    assert (away.until, away.next_at) == (None, at("2026-11-26T09:00"))


@pytest.mark.parametrize(
    ("shift", "field"),
    [
        (Shift(ShiftKind.WEEKLY, NINE, NINE, frozenset({1})), "closes"),
        (Shift(ShiftKind.WEEKLY, NINE, 1_441, frozenset({1})), "closes"),
        (Shift(ShiftKind.WEEKLY, 1_440, SIX, frozenset({1})), "opens"),
        (Shift(ShiftKind.WEEKLY, NINE, SIX), "weekdays"),
        (Shift(ShiftKind.WEEKLY, NINE, SIX, frozenset({8})), "weekdays"),
        (Shift(ShiftKind.DAY, NINE, SIX, first_day=date(2026, 1, 2)), "last_day"),
        (Shift(ShiftKind.LEAVE, first_day=date(2026, 1, 2), last_day=date(2026, 1, 1)), "last_day"),
    ],
)
def test_a_wrong_shift_is_refused_by_its_field(shift, field):
    with pytest.raises(InvalidInput) as refused:
        shift.check()

    assert [each.field for each in refused.value.problems] == [field]


def test_skills_cover_what_they_name_and_everything_where_they_name_nothing():
    able = Skills(frozenset({"content"}), frozenset({"counterfeit"}), frozenset({"tibetan"}))
    case = {"queue": "content", "category": "counterfeit", "script": "tibetan"}

    assert Skills().cover(**case)
    assert able.cover(**case)
    assert able.cover(**case | {"script": None})
    for field, value in (("queue", "orders"), ("category", "doubt"), ("script", "han")):
        assert not able.cover(**case | {field: value})
    assert Skills.read(able.as_kept()) == able


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("全网最佳 NIKE vx12345", "han"),
        ("Buy now, best quality", "latin"),
        ("このクリームは世界一", "kana"),
        ("最高의 크림", "hangul"),
        ("بۇ مەھسۇلات ئەڭ ياخشى", "arabic"),
        ("བོད་ཡིག་གི་ཚིག", "tibetan"),
        ("Лучший крем", "cyrillic"),
        ("138-0013 ！！", None),
        ("", None),
    ],
)
def test_the_script_is_that_of_most_letters_and_latin_only_where_there_are_no_others(text, script):
    assert script_of([text]) == script


def test_comfort_is_what_was_chosen_and_the_gentle_default_otherwise():
    grey = frozenset({"live_vulgarity"})

    assert Comfort.read({}).veils("counterfeit", grey_categories=grey) == ("blur",)
    assert Comfort.read({}).veils("live_vulgarity", grey_categories=grey) == ("blur", "grey")
    assert Comfort.chosen("none", "0", "0").veils("live_vulgarity", grey_categories=grey) == ()
    assert Comfort.read(Comfort.chosen("grey", "45", "5").as_kept()) == Comfort(Veil.GREY, 45, 5)
    with pytest.raises(InvalidInput) as refused:
        Comfort.chosen("sepia", "7", "x")
    assert [each.field for each in refused.value.problems] == ["veil", "break_minutes", "severe_cases"]
    assert timedelta(minutes=Comfort().break_minutes) == timedelta(hours=1)
