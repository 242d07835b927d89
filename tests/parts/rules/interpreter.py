"""A second reading of the expression language, sharing no code with the first: walks Python's own tree, slowly.

It holds the semantics as they are written in ``docs/reference/expression-language.md`` and knows nothing of columns,
patterns or generated code, so a fault in the compiler that both evaluators share is seen here.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from app.values.facts import EventKind, Presence


class Unknown:
    """What cannot be known."""


UNKNOWN = Unknown()
DURATIONS = {"days": "days", "hours": "hours", "minutes": "minutes", "seconds": "seconds"}


def judge(
    text: str, *, kind: EventKind, facts: Mapping[str, object], parameters: Mapping[str, object], now: datetime
) -> bool | None:
    """True, False, or None where it cannot be known."""
    answer = Interpreter(kind, facts, parameters, now).truth(ast.parse(text.strip(), mode="eval").body, {})
    return None if answer is UNKNOWN else answer


class Interpreter:
    def __init__(self, kind, facts, parameters, now):
        self.presence = {fact.name: fact.presence for fact in kind.facts}
        self.facts, self.parameters, self.now = facts, parameters, now

    def truth(self, node, items):
        value = self.value(node, items)
        return UNKNOWN if value is None or value is UNKNOWN else value

    def value(self, node, items):
        return getattr(self, f"on_{type(node).__name__.lower()}")(node, items)

    def solid(self, node, items):
        """A value to reckon with: absent is unknown."""
        value = self.value(node, items)
        return UNKNOWN if value is None else value

    def on_constant(self, node, _items):
        return node.value

    def on_list(self, node, items):
        return [self.value(each, items) for each in node.elts]

    on_tuple = on_list

    def on_name(self, node, items):
        return self.named(node.id, items)

    def on_attribute(self, node, items):
        return self.named(ast.unparse(node), items)

    def named(self, name, items):
        first, _, rest = name.partition(".")
        if first in items:
            return items[first][rest] if rest else items[first]
        if name == "now":
            return self.now
        if name in self.parameters:
            return self.parameters[name]
        value = self.facts.get(name)
        if value is None and self.presence[name] is not Presence.NULLABLE:
            return UNKNOWN
        return value

    def on_boolop(self, node, items):
        values = [self.truth(part, items) for part in node.values]
        return self.all_of(values) if isinstance(node.op, ast.And) else self.any_of(values)

    @staticmethod
    def all_of(values):
        if any(value is False for value in values):
            return False
        return UNKNOWN if UNKNOWN in values else True

    @staticmethod
    def any_of(values):
        if any(value is True for value in values):
            return True
        return UNKNOWN if UNKNOWN in values else False

    def on_unaryop(self, node, items):
        if isinstance(node.op, ast.Not):
            value = self.truth(node.operand, items)
            return UNKNOWN if value is UNKNOWN else not value
        value = self.solid(node.operand, items)
        return UNKNOWN if value is UNKNOWN else -value

    def on_compare(self, node, items):
        links, left = [], node.left
        for op, right in zip(node.ops, node.comparators, strict=True):
            links.append(self.link(op, left, right, items))
            left = right
        return self.all_of(links)

    def link(self, op, left, right, items):
        if isinstance(op, ast.Is | ast.IsNot):
            return (self.value(left, items) is None) is isinstance(op, ast.Is)
        if isinstance(op, ast.In | ast.NotIn | ast.Eq | ast.NotEq):
            is_membership = isinstance(op, ast.In | ast.NotIn)
            one, other = self.value(left, items), (self.solid if is_membership else self.value)(right, items)
            if one is UNKNOWN or other is UNKNOWN:
                return UNKNOWN
            holds = any(one == each for each in other) if is_membership else one == other
            return holds is isinstance(op, ast.In | ast.Eq)
        return self.order(op, self.solid(left, items), self.solid(right, items))

    @staticmethod
    def order(op, one, other):
        if one is UNKNOWN or other is UNKNOWN:
            return UNKNOWN
        return {ast.Lt: one < other, ast.LtE: one <= other, ast.Gt: one > other, ast.GtE: one >= other}[type(op)]

    def on_binop(self, node, items):
        one, other = self.solid(node.left, items), self.solid(node.right, items)
        if one is UNKNOWN or other is UNKNOWN:
            return UNKNOWN
        if isinstance(node.op, ast.FloorDiv):
            return UNKNOWN if other == 0 else one // other
        if isinstance(node.op, ast.Mult):
            return one * other
        return one + other if isinstance(node.op, ast.Add) else one - other

    def on_call(self, node, items):
        name = node.func.id
        if name in ("any", "all", "sum", "count"):
            return self.walk(name, node.args[0], items)
        values = [self.solid(each, items) for each in node.args]
        if any(value is UNKNOWN for value in values):
            return UNKNOWN
        if name == "matches":
            return re.search(values[1], values[0]) is not None
        if name == "clamp":
            value, low, high = values
            return min(max(value, low), high)
        if name in DURATIONS:
            return timedelta(**{DURATIONS[name]: values[0]})
        return {"min": min, "max": max, "abs": abs, "len": len}[name](*values)

    def walk(self, name, generator, items):
        loop = generator.generators[0]
        source = self.solid(loop.iter, items)
        if source is UNKNOWN:
            return UNKNOWN
        inner = [{**items, loop.target.id: each} for each in source]
        passes = [self.all_of([self.truth(test, each) for test in loop.ifs]) for each in inner]
        if name == "sum":
            return self.total(generator.elt, inner, passes)
        truths = [self.truth(generator.elt, each) for each in inner]
        if name == "all":
            pairs = zip(passes, truths, strict=True)
            return self.all_of([self.any_of([UNKNOWN if p is UNKNOWN else not p, truth]) for p, truth in pairs])
        both = [self.all_of(list(pair)) for pair in zip(passes, truths, strict=True)]
        if name == "any":
            return self.any_of(both)
        return UNKNOWN if UNKNOWN in both else sum(both)

    def total(self, element, inner, passes):
        parts = [self.solid(element, each) if p is True else p for p, each in zip(passes, inner, strict=True)]
        if any(part is UNKNOWN for part in parts):
            return UNKNOWN
        return sum(part for part, p in zip(parts, passes, strict=True) if p is True)
