"""The C module, as far as a shard lets it be asked: right on every atom, strict, alive after trouble."""

from __future__ import annotations

import json
import operator
import threading
from collections.abc import Mapping
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.rules import durable
from app.rules.durable import MESSAGE_HEAD, Shard, ShardFailed, split, string_column, weight

pytestmark = pytest.mark.skipif(not durable.AVAILABLE, reason="durable-rules cannot be installed here")

ORDERS = {"$lt": operator.lt, "$lte": operator.le, "$gt": operator.gt, "$gte": operator.ge}
EDGES = [0, 1, -1, 2, 5, 10**15, 2**53 - 1, 1 - 2**53, 1_767_225_600_000_000]
NUMBERS = st.sampled_from(EDGES) | st.integers(-9, 9)
ODD = [
    "",
    "food",
    "药品",
    "$and",
    "null",
    "5",
    "a'b",
    '"',
    "\\",
    "\x00",
    "a\x00b",
    "\ud800",
    "😀",
    "x" * 5000,
    "y" * 70_000,
]
TEXTS = st.sampled_from(ODD)
COLUMNS = {"n0": NUMBERS, "n1": NUMBERS, "s0": TEXTS, "s1": TEXTS, "b0": st.booleans(), "b1": st.booleans()}


def atoms() -> st.SearchStrategy[dict[str, object]]:
    numbers = st.sampled_from(["n0", "n1"])
    ordered = st.builds(lambda o, c, v: {o: {c: v}}, st.sampled_from(sorted(ORDERS)), numbers, NUMBERS)
    equal = st.sampled_from(sorted(COLUMNS)).flatmap(lambda c: st.builds(lambda v: {c: v}, COLUMNS[c]))
    return ordered | equal


CLAUSES = atoms() | st.lists(atoms(), min_size=2, max_size=8).map(lambda branches: {"$or": branches})
RULES = st.lists(st.lists(CLAUSES, min_size=1, max_size=4), min_size=1, max_size=6).map(
    lambda rules: {f"r{index}": clauses for index, clauses in enumerate(rules)}
)
FACTS = st.fixed_dictionaries({}, optional=COLUMNS)


def holds(clause: Mapping[str, object], fact: Mapping[str, object]) -> bool:
    [(key, value)] = clause.items()
    if key == "$or":
        return any(holds(branch, fact) for branch in value)
    if key in ORDERS:
        [(column, constant)] = value.items()
        return column in fact and ORDERS[key](fact[column], constant)
    return key in fact and fact[key] == value


def message(fact: Mapping[str, object]) -> str:
    def text(value: object) -> str:
        if isinstance(value, bool):
            return json.dumps(value)
        return string_column(value) if isinstance(value, str) else repr(float(value))

    return MESSAGE_HEAD + "".join(f',"{column}":{text(value)}' for column, value in fact.items()) + "}"


@settings(max_examples=150, deadline=None)
@given(rules=RULES, facts=st.lists(FACTS, min_size=1, max_size=6))
def test_a_shard_fires_exactly_the_rules_whose_clauses_all_hold(rules, facts):
    while weight(rules) > durable.MAX_WEIGHT:
        rules.popitem()
    shard = Shard(rules)

    for fact in facts:
        expected = sorted(name for name, clauses in rules.items() if all(holds(clause, fact) for clause in clauses))

        assert shard.fire(message(fact)) == expected

    shard.close()


@given(st.lists(st.integers(1, 8), min_size=1, max_size=40))
def test_split_keeps_every_rule_in_order_and_no_run_over_the_limit(widths):
    def clause(width: int) -> dict[str, object]:
        return {"$or": [{"n0": value} for value in range(width)]} if width > 1 else {"n0": 1}

    rules = {f"r{index}": [clause(width)] for index, width in enumerate(widths)}

    runs = split(rules)

    assert [name for run in runs for name in run] == list(rules)
    assert all(weight(run) <= durable.MAX_WEIGHT for run in runs)


def test_split_refuses_a_rule_that_no_shard_can_carry():
    with pytest.raises(ValueError, match="r0"):
        split({"r0": [{"$or": [{"n0": value} for value in range(8)]}] * 9})


@pytest.mark.parametrize(
    "clause",
    [
        {"$or": [{"n0": value} for value in range(9)]},
        {"$or": []},
        {"$or": [{"n0": 1}, {"$or": [{"n0": 2}, {"n0": 3}]}]},
        {"$mt": {"s0": "[a-z]*"}},
        {"$and": [{"n0": 1}, {"n1": 2}]},
        {"$not": [{"n0": 1}]},
        {"$gt": {"n0": {"$div": {"$l": 1, "$r": 0}}}},
        {"$gt": {"n0": 2**53}},
        {"n0": -(2**53)},
        {"n0": 0.5},
        {"n0": float("nan")},
        {"n0": float("inf")},
        {"$gt": {"n0": True}},
        {"$lt": {"s0": "a"}},
        {"id": 1},
        {"sid": "0"},
        {"n0 ": 1},
        {"n0": None},
        {"n0": [1]},
        {"n0": 1, "n1": 2},
    ],
)
def test_a_clause_that_could_harm_the_process_never_reaches_c(clause):
    with pytest.raises(ValueError, match=r"\S"):
        Shard({"r0": [clause]})


def test_a_shard_carries_its_limit_and_refuses_one_more():
    rules = {f"r{index}": [{"n0": index}] for index in range(57)}

    shard = Shard(dict(list(rules.items())[:56]))

    assert shard.fire(message({"n0": 55})) == ["r55"]
    with pytest.raises(ValueError, match="57"):
        Shard(rules)


def test_a_rule_without_clauses_is_refused_because_it_would_always_fire():
    with pytest.raises(ValueError, match="always"):
        Shard({"r0": []})


@pytest.mark.parametrize(
    "broken", ["", "{", "nonsense", MESSAGE_HEAD, MESSAGE_HEAD + ',"n0":}', '{"sid":"0"', "[]", "{}"]
)
def test_after_a_broken_message_the_next_one_is_answered(broken):
    shard = Shard({"r0": [{"n0": 1}]})

    with suppress(ShardFailed):
        shard.fire(broken)

    assert shard.fire(message({"n0": 1})) == ["r0"]
    assert shard.fire(message({"n0": 2})) == []


def test_a_closed_shard_fails_instead_of_answering():
    shard = Shard({"r0": [{"n0": 1}]})
    shard.close()
    shard.close()

    with pytest.raises(ShardFailed, match="closed"):
        shard.fire(message({"n0": 1}))


def test_texts_that_look_like_digests_are_digested_themselves():
    assert string_column("sha256:abc") != '"sha256:abc"'
    assert len(string_column("x" * 70_000)) < 100


def test_eight_threads_on_one_shard_get_their_own_answers():
    shard = Shard({f"r{index}": [{"n0": index}] for index in range(8)})
    wrong: list[object] = []

    def ask(number: int) -> None:
        for _ in range(400):
            answer = shard.fire(message({"n0": number}))
            if answer != [f"r{number}"]:
                wrong.append(answer)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []
