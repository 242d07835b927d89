"""Generates the Python of one event kind: the evaluator, what is unknown and why, amounts, and the columns for C.

One function per question and kind, made once per snapshot: the facts that any rule asks for are read once, then every
rule is one ``if``. That is what keeps ten rules within a few microseconds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.rules import durable, reading
from app.rules.code import ALWAYS, Coder
from app.rules.patterns import LIMIT, Clause, Column, RulePattern, Test, rule_patterns, shards
from app.rules.tree import And, Arithmetic, FactRef, ItemRef, Literal, Node, Not, Or, OverriddenRef, Quantifier, walk
from app.values.facts import Fact, FactType

Get = Callable[[str], object]
Answer = tuple[list[int], list[int]]

_BUILTINS = {"any": any, "all": all, "sum": sum, "min": min, "max": max, "abs": abs, "len": len, "int": int, "str": str}
_OPERATORS = {"<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte"}
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
class ShardCode:
    """The patterns of one ruleset, with the rule each pattern's name stands for."""

    clauses: dict[str, list[durable.Clause]]
    rules: dict[str, int]


@dataclass(slots=True)
class KindCode:
    """Everything generated for the rules of one event kind, in their order.

    All functions take ``get`` (a mapping's ``get``), ``now`` in microseconds and a list that collects the names of
    facts of a wrong type.
    """

    conditions: Sequence[Condition]
    evaluate: Callable[[Get, int, list[str]], Answer] = field(init=False)
    unknown: Callable[[Get, int, list[str]], list[int]] = field(init=False)
    columns: Callable[[Get, int, list[str]], list[str]] = field(init=False)
    shards: tuple[ShardCode, ...] = field(init=False)
    atoms: int = field(init=False)
    atoms_in_c: int = field(init=False)

    def __post_init__(self) -> None:
        self.evaluate = _function(self._evaluate_lines, self._roots)
        self.unknown = _function(self._unknown_lines, self._roots)
        coder = Coder()
        found = [rule_patterns(at, condition.root, coder) for at, condition in enumerate(self.conditions)]
        self.atoms = sum(leaves for _, leaves in found)
        patterns = [pattern for each, _ in found for pattern in each]
        self.atoms_in_c = sum(clause.atoms for pattern in patterns for clause in pattern.clauses)
        runs = shards(patterns)
        names = [_names(run) for run in runs]
        self.shards = tuple(_shard(run, columns) for run, columns in zip(runs, names, strict=True))
        self.columns = _function(lambda _: _column_lines(names), self._roots, coder)

    def missing(self, at: int) -> Callable[[Get, int, list[str]], list[str]]:
        """A function that names the absent facts because of which that rule is unknown, in any order and number."""
        root = self.conditions[at].root

        def lines(coder: Coder) -> list[str]:
            return ["out = []", *_why_unknown(root, coder, ""), "return out"]

        why: Callable[[Get, int, list[str]], list[str]] = _function(lines, [root])
        return why

    @property
    def _roots(self) -> list[Node]:
        return [condition.root for condition in self.conditions]

    def _evaluate_lines(self, coder: Coder) -> list[str]:
        lines = ["fired = []", "unknown = []"]
        for at, condition in enumerate(self.conditions):
            lines.append(f"if {coder.true(condition.root)}: fired.append({at})")
            if condition.asks:
                guard = _may_be_open(condition.root, coder)
                lines.append(f"elif {guard} and not {coder.false(condition.root)}: unknown.append({at})")
        return [*lines, "return fired, unknown"]

    def _unknown_lines(self, coder: Coder) -> list[str]:
        lines = ["unknown = []"]
        for at, condition in enumerate(self.conditions):
            if condition.asks:
                guard, root = _may_be_open(condition.root, coder), condition.root
                lines.append(f"if {guard} and not {coder.false(root)} and not {coder.true(root)}: unknown.append({at})")
        return [*lines, "return unknown"]


def amount(root: Node) -> Callable[[Get, int, list[str]], int | None]:
    """A function that works out a whole number, or gives None where it cannot be known."""

    def lines(coder: Coder) -> list[str]:
        known = " and ".join(coder.known(root)) or ALWAYS
        return [f"return {coder.worth(root)} if {known} else None"]

    work_out: Callable[[Get, int, list[str]], int | None] = _function(lines, [root])
    return work_out


def _function(write: Callable[[Coder], list[str]], roots: Sequence[Node], coder: Coder | None = None) -> Any:
    """Compiles the written lines into a function that reads the facts first."""
    coder = coder or Coder()
    body = write(coder)
    names = {name: getattr(reading, name) for name in ("text", "instant", "texts", "records", "found")}
    namespace: dict[str, object] = {"__builtins__": {}, **_BUILTINS, **names, "quoted": durable.string_column}
    nodes = [node for root in roots for node in walk(root)]
    facts = {node.fact.name: node.fact for node in nodes if isinstance(node, FactRef)}
    defaults = {node.key: node.default for node in nodes if isinstance(node, OverriddenRef)}
    head = []
    for name, variable in coder.variables.items():
        head.append(f"{variable} = get({name!r})")
        if name in defaults:
            head.append(f"if {variable} is None: {variable} = {defaults[name]!r}")
            continue
        members = f"m_{variable}"
        namespace[members] = _members(facts[name], roots)
        head.append(_READERS[facts[name].type].format(v=variable, name=repr(name), members=members))
    namespace |= coder.patterns
    source = "def generated(get, now, wrong):\n" + "".join(f"    {line}\n" for line in [*head, *body])
    exec(compile(source, "<rules>", "exec"), namespace)  # noqa: S102 - from checked nodes and repr of literals only
    return namespace["generated"]


def _members(fact: Fact, roots: Sequence[Node]) -> reading.Members:
    """The members of a record list that some rule looks at."""
    used: set[str] = set()
    for root in roots:
        for loop in walk(root):
            if isinstance(loop, Quantifier) and isinstance(loop.source, FactRef) and loop.source.fact.name == fact.name:
                used |= {
                    node.member
                    for node in walk(loop)
                    if isinstance(node, ItemRef) and node.variable == loop.variable and node.member
                }
    return tuple((name, fact.items[name]) for name in fact.items if name in used)


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


def _names(run: Sequence[RulePattern]) -> dict[Column, str]:
    columns: dict[Column, str] = {}
    for pattern in run:
        for clause in pattern.clauses:
            for test in clause.tests:
                columns.setdefault(test.column, f"{test.column.family}{len(columns)}")
    return columns


def _shard(run: Sequence[RulePattern], columns: dict[Column, str]) -> ShardCode:
    named = {f"p{number}": pattern for number, pattern in enumerate(run)}
    clauses = {name: [_clause(clause, columns) for clause in pattern.clauses] for name, pattern in named.items()}
    return ShardCode(clauses, {name: pattern.rule for name, pattern in named.items()})


def _clause(clause: Clause, columns: dict[Column, str]) -> durable.Clause:
    atoms = [_atom(test, columns[test.column]) for test in clause.tests]
    return atoms[0] if len(atoms) == 1 else {"$or": atoms}


def _atom(test: Test, column: str) -> durable.Clause:
    if test.column.family == "b":
        return {column: bool(test.constant)}
    return {column: test.constant} if test.operator == "==" else {_OPERATORS[test.operator]: {column: test.constant}}


def _column_lines(names: Sequence[dict[Column, str]]) -> list[str]:
    lines = ["out = []"]
    for columns in names:
        lines.append("m = ''")
        for column, name in columns.items():
            lines.append(_column_line(column, name))
        lines.append(f"out.append({durable.MESSAGE_HEAD!r} + m + '}}' if m else '')")
    return [*lines, "return out"]


def _column_line(column: Column, name: str) -> str:
    known = " and ".join(column.known) or ALWAYS
    if column.family == "s":
        return f"if {known}: m += ',\"{name}\":' + quoted({column.code})"
    if column.family == "b" and column.known:
        return f"if {known}: m += ',\"{name}\":true' if {column.code} else ',\"{name}\":false'"
    if column.family == "b":
        return f"if {column.code}: m += ',\"{name}\":true'"
    most = LIMIT - 1
    clamped = f"n if -{most} < n < {most} else {most} if n > 0 else -{most}"
    return f"if {known}: n = {column.code}; m += f',\"{name}\":{{{clamped}}}.0'"
