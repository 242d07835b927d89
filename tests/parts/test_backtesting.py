"""Counting two judgements of the same things: any portions give one tally, and figures can be checked by hand."""

from __future__ import annotations

import csv
import io
import json
import random

import pytest

from app.backtesting.judgement import Difference, Judgement, difference, judgement_of
from app.backtesting.report import as_csv, report
from app.backtesting.span import Span
from app.backtesting.tally import CHANGED_MAX, SAME_MAX, Tally
from tests.service import START

NOTHING = Judgement("pass", {}, {})


def made(decision, rules=None, words=None):
    return Judgement(decision, rules or {}, {("list", word): "review" for word in words or ()})


def some_things(count):
    chance = random.Random(3)
    decisions = ["pass", "label", "review", "block"]
    return [
        (
            f"id-{number}",
            "shop",
            made(chance.choice(decisions), {"R-1": "block"} if number % 3 else {}, ["a"] if number % 2 else []),
            made(chance.choice(decisions), {"R-2": "shadow:block"} if number % 5 else {}, ["b"]),
            chance.choice([None, "pass", "block"]),
        )
        for number in range(count)
    ]


def tally_of(things):
    tally = Tally()
    for thing_id, shop_id, before, after, outcome in things:
        tally.add(thing_id, shop_id, before, after, outcome=outcome)
    return tally


@pytest.mark.parametrize("size", [1, 7, 200])
def test_any_portions_in_any_order_give_the_same_tally(size):
    things = some_things(300)
    whole = tally_of(things).as_plain()
    portions = [things[start : start + size] for start in range(0, len(things), size)]
    random.Random(size).shuffle(portions)

    together = Tally()
    for portion in portions:
        kept = Tally.from_plain(json.loads(json.dumps(together.as_plain())))
        kept.merge(tally_of(portion))
        together = kept

    assert together.as_plain() == whole


def test_samples_are_bounded_and_only_of_what_differs():
    same = [(f"same-{number}", "shop", made("review"), made("review"), None) for number in range(50)]
    moved = [(f"rule-{number}", "shop", NOTHING, made("pass", {"R": "shadow:block"}), None) for number in range(50)]
    changed = [(f"moved-{number}", "shop", NOTHING, made("block", {"R": "block"}), None) for number in range(300)]

    samples = tally_of([*same, *moved, *changed]).samples

    assert {cell: len(kept) for cell, kept in samples.items()} == {
        ("pass", "pass"): SAME_MAX,
        ("pass", "block"): CHANGED_MAX,
    }


def test_a_difference_names_what_came_went_and_changed():
    before = Judgement("block", {"A": "block", "B": "review", "C": "block"}, {("l", "x"): "block"})
    after = Judgement(
        "review", {"A": "block", "B": "shadow:review", "D": "review"}, {("l", "y"): "warn"}, frozenset({"缺"})
    )

    found = difference(before, after)

    assert found.rules == {"B": ("review", "shadow:review"), "C": ("block", None), "D": (None, "review")}
    assert found.words == {("l", "x"): ("block", None), ("l", "y"): (None, "warn")}
    assert found.doubts == {"缺": (None, "review")}
    assert difference(before, before) == Difference({}, {}, {})


def test_precision_and_recall_are_those_of_the_decided_contents():
    things = [
        ("1", "s", made("block", {"R": "block"}), NOTHING, "pass"),  # wrongly blocked, now let through
        ("2", "s", made("review", {"R": "block"}), made("review", {"R": "block"}), "block"),
        ("3", "s", made("review", {"R": "block"}), NOTHING, "label"),  # rightly stopped, now missed
        ("4", "s", made("block"), made("block"), None),
    ]

    result = report(tally_of(things), {"R": "live", "quiet": "shadow"})

    assert result["officers"] == {
        "decided": 3,
        "upheld": 2,
        "before": {
            "stopped": 3,
            "stopped_upheld": 2,
            "precision_bp": 6666,
            "recall_bp": 10_000,
            "blocked": 1,
            "blocked_let_pass": 1,
        },
        "after": {
            "stopped": 1,
            "stopped_upheld": 1,
            "precision_bp": 10_000,
            "recall_bp": 5000,
            "blocked": 0,
            "blocked_let_pass": 0,
        },
    }
    assert result["changed"] == 2
    assert [each["rule"] for each in result["rules"]] == ["R", "quiet"]
    assert result["rules"][0]["before"] == {"fired": 3, "would_fire": 0, "decided": 3, "upheld": 2}
    assert result["rules"][0]["after"] == {"fired": 1, "would_fire": 0, "decided": 1, "upheld": 1}


def test_without_an_officers_word_there_is_no_ratio():
    officers = report(tally_of([("1", "s", NOTHING, NOTHING, None)]), {})["officers"]

    assert officers["decided"] == 0
    assert officers["before"]["precision_bp"] is None
    assert officers["after"]["recall_bp"] is None


def test_a_shadow_firing_would_fire_and_did_not():
    answer = {
        "decision": "pass",
        "firings": [{"rule": "R", "decision": "block", "shadow": True}],
        "hits": [],
        "doubts": [],
    }

    [rule] = report(tally_of([("1", "s", NOTHING, judgement_of(answer), "block")]), {"R": "shadow"})["rules"]

    assert rule["after"] == {"fired": 0, "would_fire": 1, "decided": 1, "upheld": 1}


def test_the_csv_has_changed_decisions_only_and_no_formula():
    sample = {"outcome": None, "rules": [], "words": [], "excerpt": "=1+1", "shop_id": "s"}
    changed = sample | {"screening_id": "1", "before": "pass", "after": "block"}
    same = sample | {"screening_id": "2", "before": "pass", "after": "pass"}

    rows = list(csv.DictReader(io.StringIO(as_csv([changed, same]))))

    assert [row["screening_id"] for row in rows] == ["1"]
    assert rows[0]["excerpt"] == "'=1+1"


def test_a_limit_chooses_about_so_many_evenly_and_always_the_same():
    span = Span(START, START, most=1_000, total=10_000)
    ids = [f"screening-{number}" for number in range(10_000)]

    chosen = [number for number, each in enumerate(ids) if span.is_chosen(each)]

    assert 900 < len(chosen) < 1_100
    assert 450 < sum(number < 5_000 for number in chosen) < 550
    assert chosen == [number for number, each in enumerate(ids) if span.is_chosen(each)]
    assert all(Span(START, START, most=20_000, total=10_000).is_chosen(each) for each in ids)
