"""Instants, days and whole numbers as people and machines write them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from app.errors import Problem
from app.events.cells import read_cell
from app.events.given import read_fact
from app.events.kind import check_sent_facts, load_kinds
from app.values.answer import firing_answer
from app.values.deciding import Firing, Verdict
from app.values.facts import Fact, FactType, Origin, Presence
from app.values.given_instants import read_day, read_instant
from app.values.given_numbers import read_whole


@pytest.mark.parametrize(
    "text", ["1900-01-01T00:00:00-12:00", "8999-12-31T23:59:59+14:00", "2026-11-23T10:00:00Z", "2026-11-23 10:00+08:00"]
)
def test_an_instant_that_is_read_can_be_turned_into_any_zone(text):
    at = read_instant(text)

    assert at is not None
    assert at.astimezone(UTC) == at == datetime.fromisoformat(text)


@pytest.mark.parametrize(
    "text",
    [
        *("1900-01-01T00:00:00+14:00", "8999-12-31T23:59:59-12:00"),
        *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "1899-12-31T23:59:59+00:00"),
        *("2026-11-23T10:00:00", "2026-13-01T10:00:00Z", "10:00", "", None, 20261123, datetime(2026, 11, 23)),  # noqa: DTZ001
    ],
)
def test_what_is_no_instant_or_out_of_bounds_is_none(text):
    assert read_instant(text) is None


def test_a_day_is_read_when_it_is_one():
    assert read_day("2024-02-29") == date(2024, 2, 29)
    assert [read_day(each) for each in ("2026-02-29", "20260228", "0001-01-01", "9999-12-31", None)] == [None] * 5


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        (" -12 ", -12),
        ("9" * 18, 10**18 - 1),
        ("9" * 19, None),
        ("9" * 5_000, None),
        ("--5", None),
        ("²", None),
    ]
    + [(each, None) for each in ("", "-", "1.0", "1e3", "1,000", "５", "0x10", "1 2")],
)
def test_a_whole_number_is_read_when_it_is_one(text, number):
    assert read_whole(text) == number


@pytest.mark.parametrize("cell", ["--5", "9" * 5_000, "12元"])
def test_a_cell_that_is_no_number_is_left_for_the_check_to_refuse(cell):
    fact = Fact("paid_fen", FactType.INT, Presence.EXPECTED, Origin.SENT)

    assert read_cell(fact, cell) == cell


ORDER = load_kinds()["order.paid"]
MOST_FEN = 10**13


@pytest.mark.parametrize("paid_fen", [0, MOST_FEN])
def test_a_sum_of_money_up_to_a_hundred_billion_yuan_is_taken(paid_fen):
    assert check_sent_facts(ORDER, {"paid_fen": paid_fen}) == []


@pytest.mark.parametrize("paid_fen", [-1, MOST_FEN + 1, 2**63 - 1])
def test_a_sum_that_nobody_can_have_paid_is_refused(paid_fen):
    (problem,) = check_sent_facts(ORDER, {"paid_fen": paid_fen})

    assert problem == Problem("paid_fen", f"is {paid_fen}", f"a whole number from 0 to {MOST_FEN}")


def test_a_number_inside_a_record_has_bounds_too():
    items = [{"sku_id": "a", "count": 1, "unit_fen": 1}, {"sku_id": "b", "count": 10**6 + 1, "unit_fen": 1}]

    (problem,) = check_sent_facts(ORDER, {"items": items})

    assert problem.field == "items.1.count"


SPLIT = load_kinds()["split.request"]
RECEIVER = {
    "type": "MERCHANT_ID",
    "account": "1900000109",
    "amount_fen": 700,
    "relation": "STORE",
    "name_encrypted": True,
}


def test_a_receiver_is_given_no_less_than_nothing():
    (problem,) = check_sent_facts(SPLIT, {"receivers": [RECEIVER, RECEIVER | {"amount_fen": -1}]})

    assert problem == Problem("receivers.1.amount_fen", "is -1", f"a whole number from 0 to {MOST_FEN}")


@pytest.mark.parametrize(
    ("wrong", "place", "problem"),
    [
        ({name: RECEIVER[name] for name in RECEIVER if name != "relation"}, "receivers.1.relation", "is missing"),
        (RECEIVER | {"amount_fen": "700"}, "receivers.1.amount_fen", "has the wrong type str"),
        (RECEIVER | {"name": "甲"}, "receivers.1.name", "is unknown"),
        ("1900000109", "receivers.1", "has the wrong type str"),
    ],
)
def test_a_record_that_does_not_fit_is_told_with_its_place(wrong, place, problem):
    (found,) = check_sent_facts(SPLIT, {"receivers": [RECEIVER, wrong]})

    assert (found.field, found.problem) == (place, problem)


def test_an_item_of_a_list_that_is_no_text_is_told_with_its_place():
    (found,) = check_sent_facts(ORDER, {"sku_ids": ["sku-1", 2]})

    assert found == Problem("sku_ids.1", "has the wrong type int", "text")


@pytest.mark.parametrize("hours", [0, -5])
def test_a_promise_of_no_time_is_none_that_a_buyer_was_shown(hours):
    (problem,) = check_sent_facts(ORDER, {"promise_hours": hours})

    assert problem == Problem("promise_hours", f"is {hours}", "a whole number from 1 to 1000000")


def test_a_span_of_time_is_never_below_nothing():
    (problem,) = check_sent_facts(ORDER, {"area_notice_hours": -1})

    assert problem == Problem("area_notice_hours", "is -1", "a whole number from 0 to 1000000")


def test_a_number_that_a_rule_worked_out_beyond_64_bits_stands_as_its_digits():
    firing = Firing("S1-01", "tiering", Verdict.REVIEW, "r", (), bindings={"sum": 2**64, "count": 3, "is_one": True})

    assert firing_answer(firing)["bindings"] == {"sum": str(2**64), "count": 3, "is_one": True}


@pytest.mark.parametrize("text", ["9999-12-31T00:00:00+00:00", "0001-01-01T00:00:00+14:00"])
def test_an_instant_out_of_bounds_is_read_where_it_was_kept_and_refused_where_it_is_told(text):
    at = read_fact(ORDER.fact("predicted_delivery_at"), text)

    assert at == datetime.fromisoformat(text)
    (problem,) = check_sent_facts(ORDER, {"predicted_delivery_at": at})
    assert "1900 to 8999" in problem.expected


@pytest.mark.parametrize(
    "text",
    [
        "2026-W47-5T10:00:00Z",
        "20261120T100000Z",
        "2026-324T10:00:00Z",
        "2026-11-20T10:00:00,5Z",
        "２026-11-20T10:00:00Z",
    ],
)
def test_what_only_python_takes_for_an_instant_is_none(text):
    assert read_instant(text) is None


@pytest.mark.parametrize("text", ["2026-11-20t10:00:00z", "2026-11-20 18:00:00+08:00", "2026-11-20T18:00+0800"])
def test_an_instant_may_be_written_in_small_letters_and_shorter(text):
    assert read_instant(text) == datetime(2026, 11, 20, 10, tzinfo=UTC)
