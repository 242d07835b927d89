"""Checks a parsed expression against the facts and parameters it may use, and builds the typed tree.

Anything Python can say and this language cannot is refused by default: only the shapes named here get through. The
first thing wrong in an expression is reported, with the place inside it and, where one is near, the name meant.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from difflib import get_close_matches

from app.rules import calls
from app.rules.literals import check_choice, is_one_in_bp, may_be_zero, no_bare_threshold
from app.rules.problems import ExpressionError
from app.rules.tree import (
    And,
    Arithmetic,
    Comparison,
    FactRef,
    Function,
    IsNone,
    ItemRef,
    Literal,
    Membership,
    Node,
    Not,
    Now,
    Or,
    OverriddenRef,
    ParameterRef,
    Type,
)
from app.rules.units import ONE_IN_BP, product, quotient, said, same, unit_in_name, unit_of
from app.values.facts import Fact, FactType, Presence

MAX_DEPTH = 20
MAX_DIGITS = 18
_ORDERINGS: dict[type[ast.cmpop], str] = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
_ARITHMETIC: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.FloorDiv: "//"}
_ORDERED = (Type.INT, Type.INSTANT, Type.DURATION)
_SCALARS = (*_ORDERED, Type.BOOL, Type.TEXT)


@dataclass(slots=True)
class Checker:
    """Turns one Python expression into a typed tree; raises ExpressionError."""

    facts: Mapping[str, Fact]
    parameters: Mapping[str, ParameterRef | OverriddenRef]
    where: str
    items: dict[str, ItemRef] = field(default_factory=dict)
    members: dict[str, Mapping[str, FactType]] = field(default_factory=dict)
    depth: int = 0

    def condition(self, node: ast.expr) -> Node:
        """A tree that is true, false or unknown."""
        found = self.value(node)
        if found.type is not Type.BOOL:
            raise ExpressionError(f"{ast.unparse(node)!r:.80} is {_a(found)}", node, "a condition")
        return found

    def number(self, node: ast.expr) -> Node:
        """A tree that is a whole number."""
        found = self.value(node)
        if found.type is not Type.INT:
            raise ExpressionError(f"{ast.unparse(node)!r:.80} is {_a(found)}", node, "a whole number")
        return found

    def value(self, node: ast.expr) -> Node:
        """A tree of any type."""
        name = _CHECKS.get(type(node))
        if name is None:
            raise ExpressionError(f"{ast.unparse(node)!r:.80} is not part of the language", node, _hint(node))
        with self._deeper(node):
            check: Callable[[ast.expr], Node] = getattr(self, name)
            return check(node)

    @contextmanager
    def _deeper(self, node: ast.expr) -> Iterator[None]:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ExpressionError("is nested too deeply", node, f"at most {MAX_DEPTH} levels")
        yield
        self.depth -= 1

    def _boolean(self, node: ast.BoolOp) -> Node:
        parts = tuple(self.condition(part) for part in node.values)
        return And(Type.BOOL, None, parts) if isinstance(node.op, ast.And) else Or(Type.BOOL, None, parts)

    def _unary(self, node: ast.UnaryOp) -> Node:
        if isinstance(node.op, ast.Not):
            return Not(Type.BOOL, None, self.condition(node.operand))
        if not isinstance(node.op, ast.USub):
            raise ExpressionError(f"{ast.unparse(node)!r:.80} is not part of the language", node, "not or -")
        found = self.value(node.operand)
        if isinstance(found, Literal) and not isinstance(found, ParameterRef) and found.type is Type.INT:
            return Literal(Type.INT, None, -int(found.value))  # type: ignore[arg-type]
        if found.type not in (Type.INT, Type.DURATION):
            raise ExpressionError(f"cannot take the negative of {_a(found)}", node, "a whole number or a duration")
        return Function(found.type, found.unit, "neg", (found,))

    def _constant(self, node: ast.Constant) -> Node:
        value = node.value
        if isinstance(value, bool):
            return Literal(Type.BOOL, None, value)
        if isinstance(value, int):
            if len(str(value)) > MAX_DIGITS:
                raise ExpressionError("is too large a number", node, f"at most {MAX_DIGITS} digits")
            return Literal(Type.INT, None, value)
        if isinstance(value, str):
            return Literal(Type.TEXT, None, value)
        raise ExpressionError(f"{value!r} is not part of the language", node, _hint(node))

    def _list(self, node: ast.List | ast.Tuple | ast.Set) -> Node:
        values = [self.value(item) for item in node.elts]
        kinds = {value.type for value in values}
        plain = all(isinstance(value, Literal) and not isinstance(value, ParameterRef) for value in values)
        if not plain or kinds not in ({Type.INT}, {Type.TEXT}):
            raise ExpressionError("is not a list of literals of one type", node, "[1, 2] or ['a', 'b']")
        kind = Type.INT_LIST if kinds == {Type.INT} else Type.TEXT_LIST
        return Literal(kind, None, tuple(value.value for value in values if isinstance(value, Literal)))  # type: ignore[arg-type]

    def _name(self, node: ast.Name | ast.Attribute) -> Node:
        name = dotted(node)
        if name is None:
            raise ExpressionError(f"{ast.unparse(node)!r:.80} is not a name", node, "a fact or a parameter")
        first, _, rest = name.partition(".")
        if first in self.items:
            return self._item(first, rest, node)
        if name == "now":
            return Now(Type.INSTANT, None)
        if name in self.parameters:
            return self.parameters[name]
        fact = self.facts.get(name)
        if fact is None:
            near = get_close_matches(name, [*self.facts, *self.parameters, *self.items, "now"], n=1)
            hint = f"{near[0]!r}, did you mean that?" if near else "a fact, a parameter or now"
            raise ExpressionError(f"unknown name {name!r} for {self.where}", node, hint)
        return fact_ref(fact)

    def _item(self, variable: str, member: str, node: ast.expr) -> Node:
        if variable not in self.members:
            if member:
                raise ExpressionError(f"{variable!r} is a text and has no {member!r}", node, variable)
            return self.items[variable]
        kind = self.members[variable].get(member)
        if kind is None:
            near = get_close_matches(member, self.members[variable], n=1)
            hint = f"{near[0]!r}, did you mean that?" if near else ", ".join(self.members[variable])
            raise ExpressionError(f"{variable!r} has no member {member!r}", node, hint)
        return ItemRef(Type(kind.value), unit_in_name(member) if kind is FactType.INT else None, variable, member)

    def _compare(self, node: ast.Compare) -> Node:
        pairs: list[Node] = []
        left = node.left
        for operator, right in zip(node.ops, node.comparators, strict=True):
            pairs.append(self._pair(operator, left, right, node))
            left = right
        return pairs[0] if len(pairs) == 1 else And(Type.BOOL, None, tuple(pairs))

    def _pair(self, operator: ast.cmpop, left: ast.expr, right: ast.expr, node: ast.expr) -> Node:
        if isinstance(operator, ast.Is | ast.IsNot):
            found: Node = self._is_none(left, right)
            return found if isinstance(operator, ast.Is) else Not(Type.BOOL, None, found)
        if isinstance(operator, ast.In | ast.NotIn):
            found = self._membership(left, right)
            return found if isinstance(operator, ast.In) else Not(Type.BOOL, None, found)
        one, other = self.value(left), self.value(right)
        self._alike(one, other, node)
        if isinstance(operator, ast.Eq | ast.NotEq):
            check_choice(one, other, node)
            check_choice(other, one, node)
            found = Comparison(Type.BOOL, None, "==", one, other)
            return found if isinstance(operator, ast.Eq) else Not(Type.BOOL, None, found)
        if one.type not in _ORDERED:
            raise ExpressionError(f"{_a(one)} has no order", node, "a number, an instant or a duration")
        for side, written in ((one, left), (other, right)):
            no_bare_threshold(side, written)
        return Comparison(Type.BOOL, None, _ORDERINGS[type(operator)], one, other)

    def _alike(self, one: Node, other: Node, node: ast.expr) -> None:
        if one.type is not other.type or one.type not in _SCALARS:
            raise ExpressionError(f"cannot compare {_a(one)} with {_a(other)}", node, "two values of one type")
        if one.type is Type.BOOL and not all(
            isinstance(side, Literal | OverriddenRef | FactRef | ItemRef) for side in (one, other)
        ):
            raise ExpressionError("compares whole conditions", node, "and, or and not")
        if one.type is Type.INT:
            try:
                same(one.unit, other.unit)
            except ValueError as error:
                hint = f"bp are parts of {ONE_IN_BP}: multiply, then // {ONE_IN_BP}"
                raise ExpressionError(f"compares different units: {error}", node, hint) from error

    def _is_none(self, left: ast.expr, right: ast.expr) -> Node:
        if not (isinstance(right, ast.Constant) and right.value is None):
            raise ExpressionError("`is` is only for None", right, "== for values")
        found = self.value(left)
        if not isinstance(found, FactRef):
            raise ExpressionError(f"{ast.unparse(left)!r:.80} is never None", left, "a nullable fact")
        if found.fact.presence is not Presence.NULLABLE:
            absent = "unknown" if found.fact.presence is Presence.EXPECTED else "refused"
            raise ExpressionError(f"{found.fact.name!r} is never None: absent means {absent}", left, "a nullable fact")
        return IsNone(Type.BOOL, None, found)

    def _membership(self, left: ast.expr, right: ast.expr) -> Node:
        one, many = self.value(left), self.value(right)
        fitting = {Type.TEXT: Type.TEXT_LIST, Type.INT: Type.INT_LIST}.get(one.type)
        if fitting is None or many.type is not fitting:
            hint = "matches() to look inside a text" if many.type is Type.TEXT else "a text in a list of texts"
            raise ExpressionError(f"cannot look for {_a(one)} in {_a(many)}", right, hint)
        check_choice(one, many, right)
        return Membership(Type.BOOL, None, one, many)

    def _arithmetic(self, node: ast.BinOp) -> Node:
        operator = _ARITHMETIC.get(type(node.op))
        if operator is None:
            raise ExpressionError(f"{ast.unparse(node)!r:.80} is not part of the language", node, "+ - * or //")
        left, right = self.value(node.left), self.value(node.right)
        if (left.type, right.type) == (Type.INT, Type.INT):
            return self._whole(operator, left, right, node)
        kind = _TIMES.get((left.type, operator, right.type))
        if kind is None:
            raise ExpressionError(
                f"cannot work out {_a(left)} {operator} {_a(right)}", node, "numbers, or times with + -"
            )
        return Arithmetic(kind, None, operator, left, right)

    def _whole(self, operator: str, left: Node, right: Node, node: ast.expr) -> Node:
        try:
            if operator in "+-":
                unit = same(left.unit, right.unit)
            elif operator == "*":
                unit = product(*(("bp",) if is_one_in_bp(side) else side.unit for side in (left, right)))
            else:
                unit = quotient(left.unit, right.unit, by_ten_thousand=is_one_in_bp(right))
        except ValueError as error:
            raise ExpressionError(f"mixes units: {error}", node, "the same unit") from error
        if operator == "//" and may_be_zero(right):
            raise ExpressionError("divides by zero", node, "a divisor that is not zero")
        return Arithmetic(Type.INT, unit, operator, left, right)

    def _call(self, node: ast.Call) -> Node:
        return calls.check_call(self, node)


_TIMES = {
    (Type.INSTANT, "-", Type.INSTANT): Type.DURATION,
    (Type.INSTANT, "+", Type.DURATION): Type.INSTANT,
    (Type.DURATION, "+", Type.INSTANT): Type.INSTANT,
    (Type.INSTANT, "-", Type.DURATION): Type.INSTANT,
    (Type.DURATION, "+", Type.DURATION): Type.DURATION,
    (Type.DURATION, "-", Type.DURATION): Type.DURATION,
}
_CHECKS: dict[type[ast.expr], str] = {
    ast.BoolOp: "_boolean",
    ast.UnaryOp: "_unary",
    ast.Constant: "_constant",
    ast.List: "_list",
    ast.Tuple: "_list",
    ast.Name: "_name",
    ast.Attribute: "_name",
    ast.Compare: "_compare",
    ast.BinOp: "_arithmetic",
    ast.Call: "_call",
}


def dotted(node: ast.expr) -> str | None:
    """``a.b.c`` of names and attributes, or None."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return None if before is None else f"{before}.{node.attr}"
    return None


def fact_ref(fact: Fact) -> FactRef:
    """The tree's leaf for a declared fact."""
    return FactRef(Type(fact.type.value), unit_of(fact.unit) if fact.type is FactType.INT else None, fact)


def _a(node: Node) -> str:
    unit = f" ({said(node.unit)})" if node.type is Type.INT and node.unit else ""
    return f"{node.type.value.replace('_', ' ')}{unit}"


def _hint(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, float):
        return "whole numbers: money in fen, ratios in basis points"
    if isinstance(node, ast.Constant) and node.value is None:
        return "`is None` or `is not None`"
    if isinstance(node, ast.GeneratorExp | ast.ListComp):
        return "any(), all(), sum() or count() around it"
    return "names, and or not, comparisons, + - * //, in, is None and the listed functions"
