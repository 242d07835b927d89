"""Decides which conditions of a rule the C engine evaluates, and turns the rest into columns worked out in Python.

A rule is sure to hold where its condition, with every ``not`` pushed down to the leaves, holds. That tree is cut into
patterns (one is enough for the rule), a pattern into clauses (all must hold), a clause into at most eight tests (one is
enough). Only a comparison of numbers, the equality of a text and a yes/no become tests of a real column; whatever does
not fit (negation of equality, lists, patterns, None, deeper nesting) becomes one yes/no column that Python fills in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.rules import durable
from app.rules.code import Coder
from app.rules.tree import And, Comparison, FactRef, Literal, Membership, Node, Not, Or, Type
from app.values.facts import Presence

LIMIT = durable.MAX_NUMBER
MAX_PATTERNS = 8
MAX_CHOICE = 12
MAX_CLAUSES = 24
MAX_COLUMNS = 96
_MIRROR = {"==": "==", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_NUMBERS = (Type.INT, Type.INSTANT, Type.DURATION)


@dataclass(frozen=True, slots=True)
class Column:
    """What is sent: ``family`` n (number), s (text) or b (yes/no); ``code`` its worth, sent where ``known`` holds."""

    family: str
    code: str
    known: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Test:
    """A column compared with a constant."""

    column: Column
    operator: str
    constant: int | str


@dataclass(frozen=True, slots=True)
class Clause:
    """At least one test; ``code`` says the same in Python, ``atoms`` counts the leaf conditions ``tests`` stand for."""

    tests: tuple[Test, ...]
    code: str
    atoms: int


@dataclass(frozen=True, slots=True)
class RulePattern:
    """One way for the rule of that number to hold."""

    rule: int
    clauses: tuple[Clause, ...]

    @property
    def or_width(self) -> int:
        """What the choices add to the weight in C."""
        return sum(len(clause.tests) - 1 for clause in self.clauses)

    @property
    def columns(self) -> set[Column]:
        """The columns it needs."""
        return {test.column for clause in self.clauses for test in clause.tests}


@dataclass(frozen=True, slots=True)
class _Part:
    """A node of the tree with negations at the leaves: ``word`` is and, or, or nothing for a leaf."""

    word: str
    parts: tuple[_Part, ...]
    tests: tuple[Test, ...]
    code: str
    leaves: int


def rule_patterns(rule: int, root: Node, coder: Coder) -> tuple[tuple[RulePattern, ...], int]:
    """The patterns of a rule's condition and how many leaf conditions it has."""
    tree = _normal(root, coder, wanted=True)
    ways = tree.parts if tree.word == "or" and _as_clause(tree).atoms == 0 else (tree,)
    if len(ways) > MAX_PATTERNS:
        ways = (replace(tree, word="", parts=(), tests=()),)
    return tuple(RulePattern(rule, _clauses(way)) for way in ways), tree.leaves


def shards(patterns: Iterable[RulePattern]) -> list[list[RulePattern]]:
    """The patterns in order, cut so that each run fits into one ruleset and its columns into one fact."""
    runs: list[list[RulePattern]] = []
    width, columns = 0, set[Column]()  # of the last run
    for pattern in patterns:
        width, columns = width + pattern.or_width, columns | pattern.columns
        weight = (len(runs[-1]) + 1) * (1 + width) if runs else 0
        if not runs or weight > durable.MAX_WEIGHT or len(columns) > MAX_COLUMNS:
            runs.append([])
            width, columns = pattern.or_width, pattern.columns
        runs[-1].append(pattern)
    return runs


def _normal(node: Node, coder: Coder, *, wanted: bool) -> _Part:
    if isinstance(node, Not):
        return _normal(node.part, coder, wanted=not wanted)
    if isinstance(node, And | Or):
        word = "and" if isinstance(node, And) is wanted else "or"
        parts: list[_Part] = []
        for part in (_normal(each, coder, wanted=wanted) for each in node.parts):
            parts.extend(part.parts if part.word == word else (part,))
        code = "(" + f" {word} ".join(part.code for part in parts) + ")"
        return _Part(word, tuple(parts), (), code, sum(part.leaves for part in parts))
    code = coder.true(node) if wanted else coder.false(node)
    return _Part("", (), tuple(_tests(node, coder, wanted=wanted)), code, 1)


def _tests(node: Node, coder: Coder, *, wanted: bool) -> list[Test]:
    """Tests of which one is enough for the leaf to hold; none when C cannot do it."""
    match node:
        case FactRef():
            variable = coder.variable(node.fact.name)
            return [Test(Column("b", variable, (f"{variable} is not None",)), "==", int(wanted))]
        case Comparison() if node.left.type in _NUMBERS and (wanted or node.operator != "=="):
            return _number_test(node, coder, node.operator if wanted else _OPPOSITE[node.operator])
        case Comparison(operator="==") if wanted and node.left.type is Type.TEXT:
            return [*_text_test(node.left, node.right, coder), *_text_test(node.right, node.left, coder)][:1]
        case Membership(right=Literal(value=tuple() as values)) if wanted:
            equal = [Literal(node.left.type, None, value) for value in values]
            pairs = (Comparison(Type.BOOL, None, "==", node.left, value) for value in equal)
            each = [_tests(pair, coder, wanted=True) for pair in pairs]
            return [test for tests in each for test in tests] if all(each) else []
        case _:
            return []


def _number_test(node: Comparison, coder: Coder, operator: str) -> list[Test]:
    left, right = node.left, node.right
    if isinstance(left, Literal):
        left, right, operator = right, left, _MIRROR[operator]
    if isinstance(left, Literal):
        return []
    if isinstance(right, Literal):
        constant = int(right.value)  # type: ignore[arg-type]
        column = Column("n", coder.worth(left), tuple(coder.known(left)))
        return [Test(column, operator, constant)] if abs(constant) < LIMIT - 1 else []
    if operator == "==" and any(_may_be_none(side) for side in (left, right)):
        return []  # None equals None, which no number can say
    known = tuple(dict.fromkeys([*coder.known(left), *coder.known(right)]))
    return [Test(Column("n", f"({coder.worth(left)} - {coder.worth(right)})", known), operator, 0)]


def _may_be_none(node: Node) -> bool:
    return isinstance(node, FactRef) and node.fact.presence is Presence.NULLABLE


def _text_test(left: Node, right: Node, coder: Coder) -> list[Test]:
    if not isinstance(left, FactRef) or not isinstance(right, Literal):
        return []
    return [Test(Column("s", coder.worth(left), tuple(coder.known(left))), "==", str(right.value))]


def _clauses(way: _Part) -> tuple[Clause, ...]:
    parts = way.parts if way.word == "and" else (way,)
    if len(parts) > MAX_CLAUSES:
        return (_flag(way),)
    clauses = [_as_clause(part) for part in parts]
    while sum(len(clause.tests) - 1 for clause in clauses) > MAX_CHOICE:
        widest = max(range(len(clauses)), key=lambda at: len(clauses[at].tests))
        clauses[widest] = _flag(parts[widest])
    return tuple(dict.fromkeys(clauses))


def _as_clause(part: _Part) -> Clause:
    """A leaf or a flat choice of leaves as tests, anything else as one column of Python's."""
    leaves = part.parts if part.word == "or" else (part,)
    tests = tuple(dict.fromkeys(test for leaf in leaves for test in leaf.tests))
    if part.word == "and" or not all(leaf.tests for leaf in leaves) or len(tests) > durable.MAX_BRANCHES:
        return _flag(part)
    return Clause(tests, part.code, part.leaves)


def _flag(part: _Part) -> Clause:
    return Clause((Test(Column("b", part.code), "==", 1),), part.code, 0)
