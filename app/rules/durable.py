"""The one file that touches durable-rules, and only its C module: a ``Shard`` holds one small ruleset behind one lock.

The C module is fast and right for numeric comparison, equality, ``$and`` and a flat ``$or`` over a single fact. Outside
of that it hangs, crashes or answers wrongly (the canaries in ``tests/parts/rules`` show how), so nothing else can be
asked of it here: a shard takes only those atoms, refuses more than it can carry, and every call goes one way: assert
one fact, drain its actions, retract it. The ``durable`` package itself is never imported: it starts timer threads.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType

try:
    import durable_rules_engine as _rete
except ImportError:  # no C compiler, or a Python newer than it knows: the Python evaluator does the work alone
    _rete = None

AVAILABLE = _rete is not None
"""Whether the C module can be imported here."""

Clause = Mapping[str, object]
"""One atom, ``{"$gt": {"n0": 5}}``, ``{"b1": 1}``, ``{"s0": "x"}``, or ``{"$or": [two to eight atoms]}``."""

MAX_WEIGHT = 56
"""Σ patterns × (1 + Σ (or-width − 1)) of one ruleset; the C module hangs at 512 conditions under one node."""
MAX_BRANCHES = 8
"""Width of an ``$or``."""
MAX_NUMBER = 2**53
"""Numbers are C doubles: from here on neighbours are equal, so such a number must not become a column."""
MAX_STRING = 4096
"""From this length on a text goes as its digest; the C module wraps at 65,536 bytes."""
MESSAGE_HEAD = '{"id":"1","sid":"0"'
"""The start of every fact; columns follow as ``,"n0":5.0``, then ``}``."""

_STATE = "0"
_SENTINEL = MESSAGE_HEAD + ',"z":1.0}'
_MATCHED = 0
_UNMATCHED = 1
_ORDERS = frozenset({"$lt", "$lte", "$gt", "$gte"})
_COLUMN = re.compile(r"[nsb][0-9]{1,4}")
_PLAIN = re.compile(r"[^\x00-\x1f\x7f\"\\\ud800-\udfff]*")
_DIGEST = "sha256:"
_ERROR: type[Exception] = RuntimeError if _rete is None else _rete.error
_FOREIGN = (_ERROR, RuntimeError, ValueError, TypeError, MemoryError, KeyError, IndexError, SystemError)
"""Whatever the C module or the reading of its answer may raise."""


class ShardFailed(Exception):
    """The C module refused a call or answered what it never should; the next call starts a new ruleset."""


def string_column(value: str) -> str:
    """The JSON text of a string column.

    Long texts, and those that JSON would have to escape (quotes, control characters, lone surrogates), go as a digest:
    the C module compares bytes as they are written. Constants go the same way, by themselves.
    """
    if len(value) >= MAX_STRING or _PLAIN.fullmatch(value) is None or value.startswith(_DIGEST):
        return f'"{_DIGEST}{hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()}"'
    return f'"{value}"'


def weight(rules: Mapping[str, Sequence[Clause]]) -> int:
    """How much of a ruleset's capacity the rules take together."""
    return len(rules) * (1 + sum(len(_branches(clause)) - 1 for clauses in rules.values() for clause in clauses))


def split(rules: Mapping[str, Sequence[Clause]]) -> list[dict[str, Sequence[Clause]]]:
    """The rules in their order, cut into runs that each fit into one shard.

    Raises:
        ValueError: one rule alone is too heavy.
    """
    runs: list[dict[str, Sequence[Clause]]] = [{}]
    for name, clauses in rules.items():
        if weight({name: clauses}) > MAX_WEIGHT:
            raise ValueError(f"{name} is too wide for one ruleset")
        if weight({**runs[-1], name: clauses}) > MAX_WEIGHT:
            runs.append({})
        runs[-1][name] = clauses
    return [run for run in runs if run]


@dataclass(frozen=True, slots=True)
class Ruleset:
    """Rules that the C module can carry, as it is given them; only ``ruleset`` makes one."""

    names: tuple[str, ...]
    definition: str


def ruleset(rules: Mapping[str, Sequence[Clause]]) -> Ruleset:
    """The ruleset of ``rules`` (name → clauses, all of which must hold).

    Raises:
        ValueError: too heavy, or a clause that must not reach the C module.
    """
    if weight(rules) > MAX_WEIGHT:
        raise ValueError(f"the rules weigh {weight(rules)}, more than {MAX_WEIGHT}")
    return Ruleset(tuple(rules), _definition(rules))


class Shard:
    """One ruleset in C, its handle, and the lock that keeps threads out of each other's state."""

    def __init__(self, rules: Ruleset | Mapping[str, Sequence[Clause]]) -> None:
        """Build it. Raises like ``ruleset``, and ShardFailed where the C module would not build it."""
        assert _rete is not None, "AVAILABLE was not asked"
        made = rules if isinstance(rules, Ruleset) else ruleset(rules)
        self._rete: ModuleType = _rete
        self._lock = threading.Lock()
        self._names = frozenset(made.names)
        self._most_answers = (len(made.names) + 1) * MAX_WEIGHT
        self._definition = made.definition
        self._handle: int | None = None
        self._is_closed = False
        self.fire(_SENTINEL)

    def fire(self, message: str) -> list[str]:
        """Names of the rules that one fact satisfies, each once, sorted; ``message`` is the whole JSON text.

        Raises:
            ShardFailed: the C module misbehaved, or the shard is closed.
        """
        with self._lock:
            if self._is_closed:
                raise ShardFailed("the shard is closed")
            try:
                if self._handle is None:
                    self._build()
                return self._ask(message)
            except _FOREIGN as error:
                self._discard()
                raise ShardFailed(f"{type(error).__name__}: {error}") from error
            except ShardFailed:
                self._discard()
                raise

    def close(self) -> None:
        """Give the ruleset's memory back; later questions fail."""
        with self._lock:
            self._is_closed = True
            self._discard()

    def __del__(self) -> None:
        """A replaced snapshot is let go while other threads may still ask it; the last one gives the memory back."""
        if getattr(self, "_handle", None) is not None:
            self._discard()

    def _ask(self, message: str) -> list[str]:
        rete, handle = self._rete, self._handle
        code, state = rete.assert_fact(handle, message)
        if code == _UNMATCHED:
            return []
        if code != _MATCHED:
            raise ShardFailed(f"assert_fact answered {code}")
        found = self._drain(state)
        code, _ = rete.retract_fact(handle, message)
        if code != _MATCHED:
            raise ShardFailed(f"retract_fact answered {code}")
        return sorted(found)

    def _drain(self, state: int) -> set[str]:
        """Every action that waits; a choice with several true branches comes once a branch, hence the set."""
        found: set[str] = set()
        started = self._rete.start_action_for_state(self._handle, state)
        answer = started[1] if started else None
        for _ in range(self._most_answers):
            if not answer:
                return found
            name = answer[2 : answer.index('"', 2)]  # {"name":{…}}
            if name != "sentinel":
                if name not in self._names:
                    raise ShardFailed(f"an unknown rule {name!r} fired")
                found.add(name)
            answer = self._rete.complete_and_start_action(self._handle, state)
        raise ShardFailed("the actions do not come to an end")

    def _build(self) -> None:
        """A new handle whose one state has fired once: ``delete_state`` before a first action crashes."""
        handle = self._rete.create_ruleset("weiheng", self._definition)
        code, state = self._rete.assert_fact(handle, _SENTINEL)
        if code != _MATCHED or not self._rete.start_action_for_state(handle, state):
            self._rete.delete_ruleset(handle)
            raise ShardFailed("a new ruleset does not answer")
        self._rete.complete_and_start_action(handle, state)
        self._rete.retract_fact(handle, _SENTINEL)
        self._handle = handle

    def _discard(self) -> None:
        handle, self._handle = self._handle, None
        if handle is not None:
            self._rete.delete_state(handle, _STATE)
            self._rete.delete_ruleset(handle)


def _definition(rules: Mapping[str, Sequence[Clause]]) -> str:
    if "sentinel" in rules:
        raise ValueError("no rule may be called sentinel")
    named: dict[str, object] = {"sentinel": {"all": [{"m": {"z": 1.0}}]}}
    named |= {name: {"all": [{"m": _conjunction(clauses)}]} for name, clauses in rules.items()}
    return json.dumps(named, ensure_ascii=False)


def _conjunction(clauses: Sequence[Clause]) -> Clause:
    """Plain atoms first, choices last: the order in which the C module is right."""
    if not clauses:
        raise ValueError("a rule without a clause would always fire")
    ordered = [_clause(clause) for clause in sorted(clauses, key=lambda clause: len(_branches(clause)))]
    return ordered[0] if len(ordered) == 1 else {"$and": ordered}


def _clause(clause: Clause) -> Clause:
    branches = [_atom(branch) for branch in _branches(clause)]
    if not 1 <= len(branches) <= MAX_BRANCHES:
        raise ValueError(f"a choice has {len(branches)} branches, at most {MAX_BRANCHES} are safe")
    return branches[0] if len(branches) == 1 else {"$or": branches}


def _branches(clause: Clause) -> Sequence[Clause]:
    branches = clause.get("$or", [clause])
    assert isinstance(branches, Sequence)
    return branches


def _atom(atom: Clause) -> Clause:
    """The atom as the C module gets it, numbers as doubles on both sides; ValueError when it must not get there."""
    if len(atom) != 1:
        raise ValueError(f"{atom!r} is not one test")
    [(key, value)] = atom.items()
    if key in _ORDERS and isinstance(value, Mapping) and len(value) == 1:
        [(column, constant)] = value.items()
        return {key: {_column(column): _number(constant)}}
    if isinstance(value, bool):
        return {_column(key): value}
    if isinstance(value, str):
        return {_column(key): json.loads(string_column(value))}
    return {_column(key): _number(value)}


def _column(name: object) -> str:
    """A column's name; never ``id`` or ``sid``, which mean something to the C module."""
    if not isinstance(name, str) or _COLUMN.fullmatch(name) is None:
        raise ValueError(f"{name!r} is no column")
    return name


def _number(value: object) -> float:
    whole = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < MAX_NUMBER
    if not whole or value != int(value):  # type: ignore[call-overload]
        raise ValueError(f"{value!r} is no whole number that a double can hold")
    return float(value)  # type: ignore[arg-type]
