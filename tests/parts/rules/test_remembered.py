"""An answer is remembered for exactly what the rules look at, and is the answer they would give again."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_pack import KINDS, pack_files

from app.rules import remembered
from app.rules.engine import build_engine
from app.rules.pack import load_packs

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
WHEN = "paid_fen > cap_fen and (channel is None and matches(note, '退款|假货') or not matches(note, '好评$'))"


def engine_of(when=WHEN):
    return build_engine(load_packs(pack_files(when), kinds=KINDS), KINDS)


ENGINE = engine_of()
PROGRAM = ENGINE.program("order.overdue")
VALUES = st.one_of(st.none(), st.booleans(), st.integers(4_998, 5_002), st.just([]), st.just("5001"))
NOTES = st.one_of(st.none(), st.sampled_from(["", "好评", "好评。", "要退款，好评", "假货", "x" * 300]), st.integers())


@settings(max_examples=300, deadline=None)
@given(VALUES, NOTES, st.one_of(st.none(), st.just([]), st.just(["a"])))
def test_a_remembered_answer_is_the_one_both_evaluators_give(paid, note, tags) -> None:
    facts = {"paid_fen": paid, "note": note, "tags": tags}

    twice = [ENGINE.evaluate("order.overdue", facts, now=NOW) for _ in range(2)]

    fresh = ENGINE.evaluate("order.overdue", facts, now=NOW, sample=True)  # asks both and remembers nothing
    assert twice == [fresh, fresh]


LISTS = engine_of("any(tag == 'a' for tag in tags) or any(line.fen > cap_fen and line.gift for line in lines)")
MEMBERS = st.one_of(st.integers(4_998, 5_002), st.booleans(), st.none(), st.just("5001"), st.just([1]))
LINES = st.lists(st.one_of(st.dictionaries(st.sampled_from(["fen", "gift"]), MEMBERS), st.just("a")), max_size=3)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(st.sampled_from("ab"), st.just(1)), max_size=3), LINES)
def test_an_answer_about_short_lists_and_records_is_remembered_and_the_same(tags, lines) -> None:
    facts = {"tags": tags, "lines": lines}

    twice = [LISTS.evaluate("order.overdue", facts, now=NOW) for _ in range(2)]

    fresh = LISTS.evaluate("order.overdue", facts, now=NOW, sample=True)
    assert twice == [fresh, fresh]


def test_records_are_told_apart_by_every_value_and_its_type() -> None:
    key = LISTS.program("order.overdue").remembered.key
    lines = [[], [{}], [{"fen": 1}], [{"fen": True}], [{"fen": "1"}], [{"fen": 1, "gift": None}], [{"gift": 1}]]
    lines += [[{"fen": 1}, {}], [{"fen": 1, "gift": 2}], [{"fen": 1}, {"gift": 2}], ["fen", 1], None]

    assert len({key({"tags": [], "lines": each}) for each in lines}) == len(lines)


def test_only_what_is_looked_at_tells_questions_apart() -> None:
    key = PROGRAM.remembered.key

    same = key({"paid_fen": 6_000, "note": "好看", "tags": ["a"]})

    assert same == key({"paid_fen": 6_000, "note": "另一句话", "tags": None})
    others = [("note", None), ("note", "假货"), ("note", "假货，好评"), ("paid_fen", 5_999), ("paid_fen", True)]
    assert len({same, *(key({"paid_fen": 6_000, "note": "好看"} | {name: value}) for name, value in others)}) == 6


def test_what_more_than_patterns_is_read_of_a_text_is_told() -> None:
    assert not PROGRAM.remembered.reads("note", "another")
    assert PROGRAM.remembered.reads("channel")
    assert PROGRAM.remembered.patterns_in("note") == ("退款|假货", "好评$")
    assert PROGRAM.remembered.patterns_in("channel") == ()
    by_clock = engine_of("now > order.deadline_at and matches(note, '退款')").program("order.overdue").remembered
    assert by_clock.reads("note")


@pytest.mark.parametrize(
    "wrong",
    [
        ("paid_fen", [[1]]),
        ("paid_fen", [{"a": [1]}]),
        ("paid_fen", [1.5]),
        ("paid_fen", [1] * 9),
        ("paid_fen", 5.5),
        ("note", 7),
        ("paid_fen", "x" * 65),
    ],
)
def test_what_is_no_plain_value_is_not_remembered(wrong) -> None:
    assert PROGRAM.remembered.key({"paid_fen": 6_000, "note": "好看"} | dict([wrong])) is None


def test_rules_that_look_at_the_clock_are_asked_anew() -> None:
    engine = engine_of("paid_fen > cap_fen and now > order.deadline_at")

    assert engine.program("order.overdue").remembered.key({"paid_fen": 6_000}) is None


def test_what_is_remembered_is_bounded(monkeypatch) -> None:
    monkeypatch.setattr(remembered, "MOST", 8)
    engine = engine_of()

    for fen in range(5_000, 5_030):
        engine.evaluate("order.overdue", {"paid_fen": fen, "note": "好看"}, now=NOW)

    assert 0 < len(engine.program("order.overdue").remembered._answers) <= 8
