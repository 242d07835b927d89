"""Events that contradict themselves are refused with the place; small differences of honest clocks are not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.events.kind import load_kinds
from app.events.self_contradictions import CLOCKS_APART, IN_ORDER, OCCURRED, PART_OF
from app.events.stored import SentEvent, check_event
from app.values.facts import FactType
from app.web.console.problem_sentences import EXPECTED, PROBLEMS

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
PAIRS = [(kind, *pair) for kind, pairs in IN_ORDER.items() for pair in pairs]


def problems(kind, data, *, at=NOW, subject="s-1", **more):
    sent = SentEvent(
        **({"id": "e-1", "shop_id": "shop-1"} | more),
        kind=kind,
        source="shop:shop-1",
        subject=subject,
        occurred_at=at,
        facts=data,
    )
    return {each.field: each for each in check_event(load_kinds(), sent, now=NOW)[1]}


@pytest.mark.parametrize(("kind", "first", "second"), PAIRS)
def test_the_table_names_instants_of_its_kinds(kind, first, second):
    for name in {first, second} - {OCCURRED}:
        assert load_kinds()[kind].fact(name).type is FactType.INSTANT


@pytest.mark.parametrize(("kind", "first", "second"), PAIRS)
@pytest.mark.parametrize("seconds", [1, 0])
def test_what_ends_before_it_begins_is_refused_beyond_what_clocks_differ(kind, first, second, seconds):
    at = NOW - timedelta(days=1)
    data = {first: at.isoformat(), second: (at - CLOCKS_APART - timedelta(seconds=seconds)).isoformat()}
    when = at if second != OCCURRED else datetime.fromisoformat(data.pop(OCCURRED))

    found = problems(kind, data, at=when)

    place = second if second == OCCURRED else f"data.{second}"
    assert (found.get(place) is not None) is bool(seconds)
    if seconds:
        assert found[place].problem == f"lies before {first}"
        assert at.isoformat() in found[place].expected


@pytest.mark.parametrize(
    ("kind", "part", "whole"), [(kind, *pair) for kind, pairs in PART_OF.items() for pair in pairs]
)
def test_a_part_is_at_most_the_whole(kind, part, whole):
    assert problems(kind, {part: 101, whole: 100})[f"data.{part}"].expected == "at most 100 fen"
    assert f"data.{part}" not in problems(kind, {part: 100, whole: 100})


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (" ", "is blank"),
        ("　", "is blank"),
        ("", "is blank"),
        (" o-1", "has blanks at its ends"),
        ("o-1 ", "has blanks at its ends"),
        ("o\x01", "holds invisible characters"),
        ("o-1\n", "holds invisible characters"),
        ("o\u200b1", "holds invisible characters"),
        ("o\u202e1", "holds invisible characters"),
    ],
)
@pytest.mark.parametrize("place", ["id", "subject", "shop_id", "data.transaction_id"])
def test_an_identifier_is_one_at_every_place_of_an_event(value, problem, place):
    data = {"paid_fen": 1}
    given = {"subject": "o-1"}
    if place.startswith("data."):
        data[place.removeprefix("data.")] = value
    else:
        given[place] = value

    assert problems("order.paid", data, **given)[place].problem == problem


def test_platforms_numbers_with_a_blank_or_chinese_inside_are_identifiers():
    assert problems("order.paid", {"paid_fen": 1, "transaction_id": "4200 0001"}, subject="订单-1") == {}


@pytest.mark.parametrize(
    ("sentences", "text"),
    [
        (PROBLEMS, "is blank"),
        (PROBLEMS, "has blanks at its ends"),
        (PROBLEMS, "holds invisible characters"),
        (PROBLEMS, "lies before paid_at"),
        (PROBLEMS, "is more than split_fen"),
        (EXPECTED, "an instant from 2026-11-23T10:00:00+00:00 on"),
        (EXPECTED, "at most 100 fen"),
        (EXPECTED, "an identifier without blanks at its ends and without invisible characters"),
    ],
)
def test_each_refusal_is_said_in_chinese_too(sentences, text):
    assert any(pattern.fullmatch(text) for pattern, _ in sentences)
