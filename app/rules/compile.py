"""Generates the Python of one event kind: the evaluator, what is unknown and why, amounts, and the columns for C.

One function per question and kind, made once per snapshot: the facts that any rule asks for are read once, then every
rule is one ``if``. That is what keeps ten rules within a few microseconds. Python compiles a function without letting
another thread run, so a kind of many rules gets several functions, and requests go on while it is built, the more so
where whoever builds has it pause between them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from app.rules import reading
from app.rules.code import ALWAYS, Coder
from app.rules.columns import ShardCode, column_lines, column_names, shard_code
from app.rules.generated import Written, bound, compiled
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


@dataclass(frozen=True, slots=True)
class KindSource:
    """Everything generated for the rules of one event kind, in their order, before this process has bound it."""

    evaluate: tuple[Written, ...]
    unknown: tuple[Written, ...]
    columns: tuple[Written, ...]
    shards: tuple[ShardCode, ...]
    atoms: int
    atoms_in_c: int


def write_kind(conditions: Sequence[Condition], pause: Pause = no_pause) -> KindSource:
    """Generate and compile it; ``pause`` is called between the functions."""
    spans = _spans(len(conditions), AT_ONCE)
    inputs = _inputs([condition.root for condition in paused(conditions, pause)])
    evaluate = [_written(partial(_evaluate_lines, conditions, span), inputs) for span in paused(spans, pause)]
    unknown = [_written(partial(_unknown_lines, conditions, span), inputs) for span in paused(spans, pause)]
    coder = Coder()
    numbered = paused(list(enumerate(conditions)), pause)
    found = [rule_patterns(at, condition.root, coder) for at, condition in numbered]
    patterns = [pattern for each, _ in found for pattern in each]
    runs = shards(paused(patterns, pause))
    names = [column_names(run) for run in runs]
    few = paused(_spans(len(names), SHARDS_AT_ONCE), pause)
    return KindSource(
        evaluate=tuple(evaluate),
        unknown=tuple(unknown),
        columns=tuple(_written(partial(column_lines, names[span]), inputs, coder) for span in few),
        shards=tuple(shard_code(run, columns) for run, columns in zip(runs, names, strict=True)),
        atoms=sum(leaves for _, leaves in found),
        atoms_in_c=sum(clause.atoms for pattern in patterns for clause in pattern.clauses),
    )


class KindCode:
    """The same, bound: what an event of the kind is judged by.

    All functions take ``get`` (a mapping's ``get``), ``now`` in microseconds and a list that collects the names of
    facts of a wrong type.
    """

    def __init__(self, source: KindSource, pause: Pause = no_pause) -> None:
        self.shards = source.shards
        self.atoms, self.atoms_in_c = source.atoms, source.atoms_in_c
        self.evaluate: Callable[[Get, int, list[str]], Answer] = _joined_answers(_bound(source.evaluate, pause))
        self.unknown: Callable[[Get, int, list[str]], list[int]] = _joined(_bound(source.unknown, pause))
        self.columns: Callable[[Get, int, list[str]], list[str]] = _joined(_bound(source.columns, pause))


def _bound(functions: Sequence[Written], pause: Pause) -> list[Callable[..., Any]]:
    return [bound(each) for each in paused(functions, pause)]


def why_unknown(root: Callable[[], Node]) -> Callable[[Get, int, list[str]], list[str]]:
    """A function that names the absent facts because of which a condition is unknown, in any order and number.

    It is compiled when it is first asked: most rules are never unknown, and a thousand of them take half a second.
    """
    made: list[Callable[[Get, int, list[str]], list[str]]] = []

    def why(get: Get, now: int, wrong: list[str]) -> list[str]:
        if not made:
            node = root()

            def lines(coder: Coder) -> list[str]:
                return ["out = []", *_why_unknown(node, coder, ""), "return out"]

            made.append(bound(_written(lines, _inputs([node]))))
        return made[0](get, now, wrong)

    return why


def _evaluate_lines(conditions: Sequence[Condition], span: slice, coder: Coder) -> list[str]:
    lines = ["fired = []", "unknown = []"]
    for at, condition in enumerate(conditions[span], span.start):
        lines.append(f"if {coder.true(condition.root)}: fired.append({at})")
        if condition.asks:
            guard = _may_be_open(condition.root, coder)
            lines.append(f"elif {guard} and not {coder.false(condition.root)}: unknown.append({at})")
    return [*lines, "return fired, unknown"]


def _unknown_lines(conditions: Sequence[Condition], span: slice, coder: Coder) -> list[str]:
    lines = ["unknown = []"]
    for at, condition in enumerate(conditions[span], span.start):
        if condition.asks:
            guard, root = _may_be_open(condition.root, coder), condition.root
            sure = f"{coder.false(root)} and not {coder.true(root)}"
            lines.append(f"if {guard} and not {sure}: unknown.append({at})")
    return [*lines, "return unknown"]


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

    work_out: Callable[[Get, int, list[str]], int | None] = bound(_written(lines, _inputs([root])))
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


def _written(write: Callable[[Coder], list[str]], inputs: _Inputs, coder: Coder | None = None) -> Written:
    """Compiles the written lines into a function that reads the facts first."""
    coder = coder or Coder()
    body = write(coder)
    used = set(re.findall(r"\bv[0-9]+\b", "\n".join(body)))
    head: list[str] = []
    lists: dict[str, reading.Members] = {}
    for name, variable in coder.variables.items():
        if variable not in used:
            continue
        head.append(f"{variable} = get({name!r})")
        if name in inputs.defaults:
            head.append(f"if {variable} is None: {variable} = {inputs.defaults[name]!r}")
            continue
        members = f"m_{variable}"
        if inputs.facts[name].type is FactType.RECORD_LIST:
            lists[members] = inputs.members.get(name, ())
        head.append(_READERS[inputs.facts[name].type].format(v=variable, name=repr(name), members=members))
    return compiled([*head, *body], {name: pattern for pattern, name in coder.patterns.items()}, lists)


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
