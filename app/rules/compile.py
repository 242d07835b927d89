"""Generates the Python of one event kind: the evaluator, what is unknown and why, amounts, and the columns for C.

One function per question and kind, made once per snapshot: the facts that any rule asks for are read once, then every
rule is one ``if``. That is what keeps ten rules within a few microseconds. Python compiles a function without letting
another thread run, so a kind of many rules gets several functions, and requests go on while it is built, the more so
where whoever builds has it pause between them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import InitVar, dataclass, field
from functools import partial
from typing import Any

from app.rules import durable, reading
from app.rules.code import ALWAYS, Coder
from app.rules.columns import ShardCode, column_lines, column_names, shard_code
from app.rules.overrides import Value
from app.rules.patterns import rule_patterns, shards
from app.rules.tree import (
    And,
    Arithmetic,
    FactRef,
    ItemRef,
    Literal,
    Node,
    Not,
    Or,
    OverriddenRef,
    Quantifier,
    walk,
)
from app.values.facts import Fact, FactType
from app.values.pause import Pause, no_pause, paused

Get = Callable[[str], object]
Answer = tuple[list[int], list[int]]

AT_ONCE = 50
"""Rules in one function: five milliseconds to compile."""
SHARDS_AT_ONCE = 4
"""Messages for C in one function."""
_BUILTINS = {"any": any, "all": all, "sum": sum, "min": min, "max": max, "abs": abs, "len": len, "int": int, "str": str}
_READERS = {
    FactType.BOOL: "if {v} is not None and {v} is not True and {v} is not False: wrong.append({name}); {v} = None",
    FactType.INT: "if {v} is not None and {v}.__class__ is not int: wrong.append({name}); {v} = None",
    FactType.TEXT: "if {v} is not None and {v}.__class__ is not str: {v} = text({v}, {name}, wrong)",
    FactType.INSTANT: "if {v} is not None: {v} = instant({v}, {name}, wrong)",
    FactType.TEXT_LIST: "if {v} is not None: {v} = texts({v}, {name}, wrong)",
    FactType.RECORD_LIST: "if {v} is not None: {v} = records({v}, {name}, {members}, wrong)",
}


@dataclass(frozen=True, slots=True)
class Condition:
    """One rule's condition; ``asks`` says whether an unknown answer goes to a person (``missing: review``)."""

    root: Node
    asks: bool


@dataclass(slots=True)
class KindCode:
    """Everything generated for the rules of one event kind, in their order.

    All functions take ``get`` (a mapping's ``get``), ``now`` in microseconds and a list that collects the names of
    facts of a wrong type.
    """

    conditions: Sequence[Condition]
    pause: InitVar[Pause] = no_pause
    evaluate: Callable[[Get, int, list[str]], Answer] = field(init=False)
    unknown: Callable[[Get, int, list[str]], list[int]] = field(init=False)
    columns: Callable[[Get, int, list[str]], list[str]] = field(init=False)
    shards: tuple[ShardCode, ...] = field(init=False)
    atoms: int = field(init=False)
    atoms_in_c: int = field(init=False)

    def __post_init__(self, pause: Pause) -> None:
        spans = _spans(len(self.conditions), AT_ONCE)
        inputs = _inputs([condition.root for condition in paused(self.conditions, pause)])
        self.evaluate = _joined_answers(
            [_function(self._evaluate_lines(span), inputs) for span in paused(spans, pause)]
        )
        self.unknown = _joined([_function(self._unknown_lines(span), inputs) for span in paused(spans, pause)])
        coder = Coder()
        numbered = paused(list(enumerate(self.conditions)), pause)
        found = [rule_patterns(at, condition.root, coder) for at, condition in numbered]
        self.atoms = sum(leaves for _, leaves in found)
        patterns = [pattern for each, _ in found for pattern in each]
        self.atoms_in_c = sum(clause.atoms for pattern in patterns for clause in pattern.clauses)
        runs = shards(paused(patterns, pause))
        names = [column_names(run) for run in runs]
        self.shards = tuple(shard_code(run, columns) for run, columns in zip(runs, names, strict=True))
        self.columns = _joined(
            [
                _function(partial(column_lines, names[span]), inputs, coder)
                for span in paused(_spans(len(names), SHARDS_AT_ONCE), pause)
            ]
        )

    def missing(self, at: int) -> Callable[[Get, int, list[str]], list[str]]:
        """A function that names the absent facts because of which that rule is unknown, in any order and number.

        It is compiled when it is first asked: most rules are never unknown, and a thousand of them take half a second.
        """
        root = self.conditions[at].root

        def lines(coder: Coder) -> list[str]:
            return ["out = []", *_why_unknown(root, coder, ""), "return out"]

        made: list[Callable[[Get, int, list[str]], list[str]]] = []

        def why(get: Get, now: int, wrong: list[str]) -> list[str]:
            if not made:
                made.append(_function(lines, _inputs([root])))
            return made[0](get, now, wrong)

        return why

    def _evaluate_lines(self, span: slice) -> Callable[[Coder], list[str]]:
        def write(coder: Coder) -> list[str]:
            lines = ["fired = []", "unknown = []"]
            for at, condition in enumerate(self.conditions[span], span.start):
                lines.append(f"if {coder.true(condition.root)}: fired.append({at})")
                if condition.asks:
                    guard = _may_be_open(condition.root, coder)
                    lines.append(f"elif {guard} and not {coder.false(condition.root)}: unknown.append({at})")
            return [*lines, "return fired, unknown"]

        return write

    def _unknown_lines(self, span: slice) -> Callable[[Coder], list[str]]:
        def write(coder: Coder) -> list[str]:
            lines = ["unknown = []"]
            for at, condition in enumerate(self.conditions[span], span.start):
                if condition.asks:
                    guard, root = _may_be_open(condition.root, coder), condition.root
                    sure = f"{coder.false(root)} and not {coder.true(root)}"
                    lines.append(f"if {guard} and not {sure}: unknown.append({at})")
            return [*lines, "return unknown"]

        return write


def _spans(count: int, most: int) -> list[slice]:
    """Runs of at most that many; one, if empty, where there is nothing."""
    return [slice(start, min(count, start + most)) for start in range(0, max(count, 1), most)]


def _joined(functions: Sequence[Callable[[Get, int, list[str]], list[Any]]]) -> Callable[..., list[Any]]:
    if len(functions) == 1:
        return functions[0]
    return lambda get, now, wrong: [each for function in functions for each in function(get, now, wrong)]


def _joined_answers(functions: Sequence[Callable[[Get, int, list[str]], Answer]]) -> Callable[..., Answer]:
    if len(functions) == 1:
        return functions[0]

    def evaluate(get: Get, now: int, wrong: list[str]) -> Answer:
        answers = [function(get, now, wrong) for function in functions]
        return [at for fired, _ in answers for at in fired], [at for _, unknown in answers for at in unknown]

    return evaluate


def amount(root: Node) -> Callable[[Get, int, list[str]], int | None]:
    """A function that works out a whole number, or gives None where it cannot be known."""

    def lines(coder: Coder) -> list[str]:
        known = " and ".join(coder.known(root)) or ALWAYS
        return [f"return {coder.worth(root)} if {known} else None"]

    work_out: Callable[[Get, int, list[str]], int | None] = _function(lines, _inputs([root]))
    return work_out


@dataclass(frozen=True, slots=True)
class _Inputs:
    """What conditions read: the facts, what parameters are where no override holds, the members of record lists."""

    facts: Mapping[str, Fact]
    defaults: Mapping[str, Value]
    members: Mapping[str, reading.Members]


def _inputs(roots: Iterable[Node]) -> _Inputs:
    """Found in one walk: every function of a kind reads from the same."""
    facts: dict[str, Fact] = {}
    defaults: dict[str, Value] = {}
    used: dict[str, set[str]] = {}
    for node in (node for root in roots for node in walk(root)):
        if isinstance(node, FactRef):
            facts[node.fact.name] = node.fact
        elif isinstance(node, OverriddenRef):
            defaults[node.key] = node.default
        elif isinstance(node, Quantifier) and isinstance(node.source, FactRef):
            inside = (each for each in walk(node) if isinstance(each, ItemRef) and each.variable == node.variable)
            used.setdefault(node.source.fact.name, set()).update(each.member for each in inside if each.member)
    members = {
        name: tuple((member, facts[name].items[member]) for member in facts[name].items if member in wanted)
        for name, wanted in used.items()
    }
    return _Inputs(facts, defaults, members)


def _function(write: Callable[[Coder], list[str]], inputs: _Inputs, coder: Coder | None = None) -> Any:
    """Compiles the written lines into a function that reads the facts first."""
    coder = coder or Coder()
    body = write(coder)
    names = {name: getattr(reading, name) for name in ("text", "instant", "texts", "records", "found")}
    namespace: dict[str, object] = {"__builtins__": {}, **_BUILTINS, **names, "quoted": durable.string_column}
    written = "\n".join(body)
    used = set(re.findall(r"\bv[0-9]+\b", written))
    head = []
    for name, variable in coder.variables.items():
        if variable not in used:
            continue
        head.append(f"{variable} = get({name!r})")
        if name in inputs.defaults:
            head.append(f"if {variable} is None: {variable} = {inputs.defaults[name]!r}")
            continue
        members = f"m_{variable}"
        if inputs.facts[name].type is FactType.RECORD_LIST:
            namespace[members] = inputs.members.get(name, ())
        head.append(_READERS[inputs.facts[name].type].format(v=variable, name=repr(name), members=members))
    namespace |= coder.patterns
    source = "def generated(get, now, wrong):\n" + "".join(f"    {line}\n" for line in [*head, *body])
    exec(compile(source, "<rules>", "exec"), namespace)  # noqa: S102 - from checked nodes and repr of literals only
    return namespace.pop("generated")  # left in, it would be a circle, and an old snapshot wait for a collection


def _may_be_open(root: Node, coder: Coder) -> str:
    """A cheap condition without which the rule cannot be unknown: some fact it asks for is absent."""
    if any(
        isinstance(node, Arithmetic) and node.operator == "//" and not isinstance(node.right, Literal)
        for node in walk(root)
    ):
        return ALWAYS
    absent = (f"{coder.variable(node.fact.name)} is None" for node in walk(root) if isinstance(node, FactRef))
    return "(" + (" or ".join(dict.fromkeys(absent)) or "False") + ")"


def _why_unknown(node: Node, coder: Coder, indent: str) -> list[str]:
    """Lines that collect the absent facts of the leaves that are unknown, below nodes that are."""
    test = f"{indent}if not {coder.true(node)} and not {coder.false(node)}:"
    inner = indent + "    "
    if isinstance(node, Not):
        return _why_unknown(node.part, coder, indent)
    if isinstance(node, And | Or):
        return [test, *(line for part in node.parts for line in _why_unknown(part, coder, inner))]
    names = dict.fromkeys(part.fact.name for part in walk(node) if isinstance(part, FactRef))
    pairs = ", ".join(f"({name!r}, {coder.variable(name)})" for name in names)
    return [
        test,
        f"{inner}absent = [name for name, value in [{pairs}] if value is None]",
        f"{inner}out += absent or {list(names)!r}",
    ]
