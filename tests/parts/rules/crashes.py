"""Ways to kill or hang the C module, one a name; run as a child: ``python -m tests.parts.rules.crashes NAME``.

``extremes`` is the opposite: a pack that asks for all of these shapes, through our own compiler. It must survive and
print what fired. Ways to get a wrong answer out of C are in ``fooled.py``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

import durable_rules_engine as rete

from app.rules.engine import build_engine
from app.rules.pack import load_packs
from tests.parts.rules.conditions import KIND, NOW, pack_files

NUMBERS = ", ".join(map(str, range(600)))
EXTREMES = [
    *(f"r.i == {number} or n.t == 'w{number}'" for number in range(90)),
    f"r.i in [{NUMBERS[: NUMBERS.index('290')]}0]",
    " or ".join(f"r.i == {number}" for number in range(45)),
    " and ".join(f"(r.i != {number} or n.i is None)" for number in range(90, 112)),
    "r.i // n.i > p1",
    "matches(r.t, '((((a*)*)*)*)*b')",
    "matches(r.t, '^(a|aa)+$')",
    f"n.t == {'x' * 900!r}",
    "n.t == 'x'",
    "e.i == 9007199254740993 or e.i > big",
    "e.i == 9007199254740992",
    r"n.t == 'a\x00b'",
    "r.i < n.i and n.i < e.i and r.a < n.a",
    *(f"r.i >= p0 or n.i == {number}" for number in range(70)),  # more than C can fire at once
]
EVENTS: list[dict[str, object]] = [
    {"r.i": 3, "n.i": 0, "r.t": "a" * 20_000, "n.t": "w7", "e.i": 2**53 + 1},
    {"r.i": 95, "n.i": -1, "r.t": "aab", "n.t": "x" * 65_537, "e.i": 2**53, "r.a": NOW, "n.a": NOW},
    {"r.i": 2**63 - 1, "n.i": None, "r.t": "\x00", "n.t": "a\x00b", "e.i": -(2**63)},
    {"r.i": 89, "n.i": 90, "r.t": "\ud800", "n.t": "x" * 900, "e.i": 91, "r.a": NOW},
]


def ruleset(*patterns: object) -> int:
    rules = {f"r{number}": {"all": [{"m": pattern}]} for number, pattern in enumerate(patterns)}
    return rete.create_ruleset("canary", json.dumps(rules))


def tell(handle: int, *, number: int = 1, **fact: object) -> int:
    return rete.assert_fact(handle, json.dumps({"id": str(number), "sid": "0", **fact}))[0]


def patterns_511() -> None:
    assert tell(ruleset(*({"n0": float(number)} for number in range(511))), n0=1.0) == 0


def patterns_512() -> None:
    tell(ruleset(*({"n0": float(number)} for number in range(512))), n0=1.0)


def patterns_513() -> None:
    ruleset(*({"n0": float(number)} for number in range(513)))


def choice_of_511() -> None:
    assert tell(ruleset({"$or": [{"n0": float(number)} for number in range(511)]}), n0=1.0) == 0


def choice_of_512() -> None:
    tell(ruleset({"$or": [{"n0": float(number)} for number in range(512)]}), n0=1.0)


def join_on_sid() -> None:
    """A state's name is no ordinary field: the comparison reads memory that is not its own."""
    second = {"$and": [{"n1": 1.0}, {"sid": {"a": "sid"}}]}
    handle = rete.create_ruleset("canary", json.dumps({"r0": {"all": [{"a": {"n0": 1.0}}, {"b": second}]}}))
    tell(handle, n0=1.0)
    _, state = rete.assert_fact(handle, json.dumps({"id": "2", "sid": "0", "n1": 1.0}))
    rete.start_action_for_state(handle, state)
    rete.complete_and_start_action(handle, state)


def state_deleted_before_any_action() -> None:
    """Frees what was never set; only seen for sure where fresh memory is filled (MALLOC_PERTURB_)."""
    for _ in range(50):
        handle = ruleset({"n0": 1.0})
        tell(handle, n0=2.0)
        rete.delete_state(handle, "0")
        tell(handle, n0=1.0)
        rete.delete_ruleset(handle)


def division_by_zero() -> None:
    handle = ruleset({"$gt": {"n0": {"$div": {"$l": {"$m": "n1"}, "$r": {"$m": "n2"}}}}})
    tell(handle, n0=1, n1=1, n2=0)


def nested_quantifiers() -> None:
    tell(ruleset({"$mt": {"s0": "((((a*)*)*)*)*b"}}), s0="a" * 40)


def correlation_that_fails_last() -> None:
    """Reads memory that is not its own, so it takes a few tries to be caught."""
    second = {"$and": [{"n1": 1.0}, {"$gt": {"n2": {"a": "n2"}}}]}
    for _ in range(300):
        handle = rete.create_ruleset("canary", json.dumps({"r0": {"all": [{"a": {"n0": 1.0}}, {"b": second}]}}))
        tell(handle, n0=1.0, n2=5.0)
        tell(handle, number=2, n1=1.0, n2=1.0)


def extremes() -> None:
    for evaluator in ("durable", "python"):
        engine = build_engine(
            load_packs(pack_files(EXTREMES), kinds={KIND.name: KIND}), {KIND.name: KIND}, evaluator=evaluator
        )
        answers = [engine.evaluate(KIND.name, event, now=NOW, sample=True) for event in EVENTS]
        said = [
            [answer.evaluator, [[f.rule, list(f.missing)] for f in answer.firings], answer.doubts] for answer in answers
        ]
        engine.close()
        print(json.dumps(said))  # noqa: T201 - the parent reads it


KILLED: list[Callable[[], None]] = [
    division_by_zero,
    correlation_that_fails_last,
    join_on_sid,
    state_deleted_before_any_action,
]
HUNG: list[Callable[[], None]] = [choice_of_512, patterns_512, patterns_513, nested_quantifiers]
FINE: list[Callable[[], None]] = [choice_of_511, patterns_511, extremes]

if __name__ == "__main__":
    {each.__name__: each for each in (*KILLED, *HUNG, *FINE)}[sys.argv[1]]()
    print("alive")  # noqa: T201 - the parent reads it
