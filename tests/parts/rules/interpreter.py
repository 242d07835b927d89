"""A second reading of the expression language, sharing no code with the first: walks Python's own tree, slowly.

An instant or a span of time is a whole number of microseconds here, because a ``datetime`` ends with the year 9999.
The semantics are those of ``docs/reference/expression-language.md``. Nothing here knows of columns, patterns or
generated code, so a fault in the compiler that both evaluators share is seen here.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from app.values.facts import EventKind, FactType, Presence


class Unknown:
    """What cannot be known."""


UNKNOWN = Unknown()
DURATIONS = {"days": 86_400_000_000, "hours": 3_600_000_000, "minutes": 60_000_000, "seconds": 1_000_000}


def judge(
    text: str, *, kind: EventKind, facts: Mapping[str, object], parameters: Mapping[str, object], now: datetime
) -> bool | None:
    """True, False, or None where it cannot be known."""
    answer = Interpreter(kind, facts, parameters, now).truth(parsed(text), {})
    return None if answer is UNKNOWN else answer


@lru_cache(4096)
def parsed(text):
    return ast.parse(text.strip(), mode="eval").body


def since_year_one(at: datetime) -> int:
    """Microseconds since the first of January of the year 1 in UTC, by the calendar and the clock's face."""
    face = ((at.toordinal() * 24 + at.hour) * 60 + at.minute) * 60 + at.second
    offset = at.utcoffset()
    return (face - offset.days * 86_400 - offset.seconds) * 1_000_000 + at.microsecond


def taken(kind: FactType, value, items):
    """The value of a fact, or None where it is absent or not what was declared."""
    if kind is FactType.RECORD_LIST:
        if isinstance(value, list | tuple):
            rows = [row if isinstance(row, Mapping) else {} for row in value]
            read = [{name: taken(each, row.get(name), {}) for name, each in items.items()} for row in rows]
            return None if any(None in row.values() for row in read) else read
        return None
    if kind is FactType.TEXT_LIST:
        return value if isinstance(value, list | tuple) and all(isinstance(each, str) for each in value) else None
    if kind is FactType.INSTANT:
        return since_year_one(value) if isinstance(value, datetime) and value.tzinfo is not None else None
    wanted = {FactType.BOOL: bool, FactType.INT: int, FactType.TEXT: str}[kind]
    return value if isinstance(value, wanted) and not (wanted is int and isinstance(value, bool)) else None


class Interpreter:
    """Reads one event; made once, it answers any number of conditions about it."""

    def __init__(self, kind, facts, parameters, now):
        self.presence = {fact.name: fact.presence for fact in kind.facts}
        self.facts = {fact.name: taken(fact.type, facts.get(fact.name), fact.items) for fact in kind.facts}
        self.parameters, self.now = parameters, since_year_one(now)

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
            end_of_text = values[1].replace(
                "$", r"\Z"
            )  # Python's $ also stands before a last line feed, RE2's does not
            return re.search(end_of_text, values[0]) is not None
        if name == "clamp":
            value, low, high = values
            return min(max(value, low), high)
        if name in DURATIONS:
            return values[0] * DURATIONS[name]
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
