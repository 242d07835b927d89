"""Faults put into the compiler on purpose: comparing with the interpreter must see every one of them.

The search is a table, not chance: short conditions that each lean on one decision of the compiler, over events on and
beside every edge.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest

from app.rules import code, compile, durable, patterns  # noqa: A004 - the module's name in this package
from app.rules.compile import Condition, KindCode
from app.rules.definition import parameter_refs
from app.rules.durable import Shard
from app.rules.expression import parse_condition
from app.rules.pack import load_packs
from app.rules.reading import microseconds
from tests.parts.rules.conditions import KIND, NOW, PARAMETERS, pack_files
from tests.parts.rules.interpreter import judge

CONDITIONS = [
    "r.i < p5",
    "p5 < r.i",
    "not p5 <= r.i",
    "r.i <= p5",
    "not (r.i >= p5)",
    "not (r.i <= p5)",
    "r.i == p5 or r.i != 0",
    "n.i == p5",
    "n.i == r.i",
    "n.i == e.i",
    "n.i == n.i",
    "n.i > p5 or e.b",
    "big > r.i",
    "r.i * p5 > big",
    "n.t == word",
    "not (e.t == word)",
    "n.t in ['food', '药品']",
    "n.t not in words",
    "e.b and not n.b",
    "n.i is None or r.i // (r.i - p5) == 0",
    "count(x.n > e.i for x in r.rows) > 0",
    "sum(x.n for x in r.rows if x.b or e.b) >= p5",
    "any(x.b and e.b for x in r.rows)",
    "all(x.b or e.b for x in r.rows if x.n > 0)",
    "now - r.a > days(two_days)",
    "now < r.a + hours(p5 * 10)",
    "(r.b and n.i > 0) or (e.b and r.i > p5)",
    "(r.i < p5 or n.t == word) and (e.b or n.b) and not (r.i == 0)",
]
ROWS = [[], [{"k": "", "n": 5, "b": True, "at": NOW}, {"k": "food", "n": 0, "b": False, "at": NOW}]]
EDGES = {
    "r.i": [0, 5, 6, 10**15, 2**53 + 1, -(2**60)],
    "n.i": [None, 5],
    "e.i": [None, 5, 4],
    "n.t": [None, "food", "x"],
    "e.b": [None, True, False],
    "r.rows": ROWS,
}
EVENTS = [
    dict(zip(EDGES, values, strict=True))
    | {"n.b": number % 3 == 0 or None, "r.b": number % 2 == 0, "e.t": "food" if number % 5 else None}
    | {"r.a": NOW - timedelta(days=2, microseconds=number % 3 - 1)}
    for number, values in enumerate(product(*EDGES.values()))
]


@pytest.fixture(scope="module")
def expected():
    """By condition, what the interpreter says of each event."""
    return {
        text: [judge(text, kind=KIND, facts=event, parameters=PARAMETERS, now=NOW) for event in EVENTS]
        for text in CONDITIONS
    }


def disagree(expected) -> list[str]:
    """The conditions on which Python or C answers otherwise for some event."""
    [pack] = load_packs(pack_files(["r.b"]), kinds={KIND.name: KIND})
    names = {"facts": {fact.name: fact for fact in KIND.facts}, "parameters": parameter_refs(pack.parameters)}
    return [text for text in CONDITIONS if differs(parse_condition(text, where="fuzz", **names).root, expected[text])]


def differs(root, by_hand) -> bool:
    made = KindCode([Condition(root, asks=True)])
    shards = [(Shard(each.clauses), each.rules) for each in made.shards] if durable.AVAILABLE else []
    now = microseconds(NOW)
    try:
        for event, truth in zip(EVENTS, by_hand, strict=True):
            wanted = ([0] if truth else [], [0] if truth is None else [])
            if made.evaluate(event.get, now, []) != wanted:
                return True
            if shards:
                messages = zip(made.columns(event.get, now, []), shards, strict=True)
                fired = {rules[name] for message, (shard, rules) in messages if message for name in shard.fire(message)}
                if (sorted(fired), made.unknown(event.get, now, [])) != wanted:
                    return True
    except (ArithmeticError, TypeError):
        return True
    finally:
        for shard, _ in shards:
            shard.close()
    return False


def test_without_a_fault_all_agree_on_every_event(expected):
    assert disagree(expected) == []


@pytest.mark.parametrize(
    ("table", "key", "value"),
    [
        (code._OPPOSITE, "<", ">"),
        (code._OPPOSITE, "==", "=="),
        (code._MICROSECONDS, "days", 86_400 * 10**3),
        (code._MICROSECONDS, "hours", 0),
        *([(patterns._MIRROR, "<", "<")] if durable.AVAILABLE else []),
        *([(patterns._OPPOSITE, "<=", "<")] if durable.AVAILABLE else []),
        *([(compile._OPERATORS, "<=", "$lt")] if durable.AVAILABLE else []),
    ],
)
def test_a_wrong_entry_in_a_table_is_seen(monkeypatch, expected, table, key, value):
    monkeypatch.setitem(table, key, value)

    assert disagree(expected)


@pytest.mark.parametrize(
    ("owner", "name", "fault"),
    [
        (code.Coder, "_left_known", lambda _self, _node: []),
        (code.Coder, "_left_known", code.Coder.known),
        (code.Coder, "_items_known", lambda _self, _node: []),
        (code, "may_be_unknown", lambda _node: False),
        (compile, "_may_be_open", lambda _root, _coder: "False"),
        *([(patterns, "_may_be_none", lambda _node: False)] if durable.AVAILABLE else []),
        *([(compile, "LIMIT", 2**40)] if durable.AVAILABLE else []),
    ],
)
def test_a_wrong_decision_of_the_compiler_is_seen(monkeypatch, expected, owner, name, fault):
    monkeypatch.setattr(owner, name, fault)

    assert disagree(expected)
