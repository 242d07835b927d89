"""The fuzz in the size of the ordinary suite; ``make fuzz`` is the same over a million pairs."""

from __future__ import annotations

import ast
from random import Random

import pytest

from app.rules import code
from app.rules.compile import AT_ONCE
from tests.parts.rules.conditions import asking, is_fit
from tests.parts.rules.fuzz import Difference, amount_differences, differences, run, run_batch
from tests.parts.rules.interpreter import parsed
from tests.parts.rules.shrink import shrunk
from tests.parts.rules.writer import Writer

PAIRS = 20_000
SEED = 1
# Differences once found go in here, as the fuzz prints them.
ONCE_DIFFERENT: list[tuple[list[str], dict[str, object]]] = [
    (["e.t == '\\udc00'"], {"e.t": "\udc00"}),
    (["matches(r.t, '^$')"], {"r.t": "\n"}),
    (["(r.i // n.i) == 0 or r.b"], {"r.i": 1, "n.i": 0, "r.b": True}),
]


def test_twenty_thousand_pairs_are_read_alike_by_all():
    outcome = run(PAIRS, SEED, processes=1)

    assert not isinstance(outcome, Difference), str(shrunk(outcome))
    assert outcome >= PAIRS


def test_a_kind_of_many_rules_is_read_alike_though_it_takes_several_functions():
    writer = Writer(Random("many"))
    texts = [text for text in (asking(writer.condition()) for _ in range(260)) if is_fit(text)]

    assert len(texts) > 2 * AT_ONCE
    assert next(differences(texts, [writer.event() for _ in range(20)]), None) is None


@pytest.mark.parametrize(("texts", "event"), ONCE_DIFFERENT)
def test_what_once_differed_or_nearly_did_is_read_alike(texts, event):
    assert list(differences(texts, [event])) == []


def test_the_same_seed_writes_the_same_and_another_something_else():
    def written(seed):
        writer = Writer(Random(seed))
        return [writer.condition() for _ in range(20)], [writer.event() for _ in range(20)]

    assert repr(written("1")) == repr(written("1"))
    assert repr(written("1")) != repr(written("2"))


def test_what_is_written_uses_the_whole_language():
    writer = Writer(Random(3))
    texts = [asking(writer.condition()) for _ in range(1_500)]

    nodes = [node for text in texts for node in ast.walk(parsed(text))]
    kinds = {type(node).__name__ for node in nodes}
    calls = {node.func.id for node in nodes if isinstance(node, ast.Call)}

    assert kinds >= {"And", "Or", "Not", "USub", "Add", "Sub", "Mult", "FloorDiv", "In", "NotIn", "Is", "IsNot", "Eq"}
    assert kinds >= {"NotEq", "Lt", "LtE", "Gt", "GtE", "GeneratorExp", "List", "Tuple", "Attribute"}
    assert calls == {
        "any",
        "all",
        "sum",
        "count",
        "clamp",
        "min",
        "max",
        "abs",
        "len",
        "matches",
        "days",
        "hours",
        "minutes",
        "seconds",
    }


def test_a_fault_is_found_and_made_small(monkeypatch):
    monkeypatch.setitem(code._OPPOSITE, "<", ">")

    found = next(filter(None, (run_batch(f"fault-{number}") for number in range(100))))
    small = shrunk(found)

    assert len(small.texts) == 1
    assert len(small.texts[0]) < 60
    assert len(small.event) <= 3
    assert list(differences(small.texts, [small.event]))
    assert str(small).endswith(f"\n    ({list(small.texts)!r}, {dict(small.event)!r}),")


def test_a_fault_in_an_amount_is_found_and_made_small(monkeypatch):
    monkeypatch.setattr(code.Coder, "known", lambda _self, _node: [])
    text = "(n.fen + (r.fen * rate_bp // 10000) - min(e.fen, cap_fen))"

    found = next(amount_differences([text], [{"r.fen": 5, "n.fen": None, "r.i": 3, "e.fen": 2}]))
    small = shrunk(found)

    assert len(small.texts[0]) < 20
    assert small.event == {}
    assert "amount" in small.told
