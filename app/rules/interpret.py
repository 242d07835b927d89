"""Works a checked tree out node by node: slow, and able to say of any part what it came to.

It is an evaluator in its own right beside the generated code and the one in C, because those give one answer for a
whole rule and cannot be asked about its parts; the tests hold all of them equal. A condition is True, False or, where
it cannot be known, None. A value is ``UNKNOWN`` where it cannot be known, so that the None of a nullable fact stays
an ordinary value. Instants and durations are whole microseconds, as in generated code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from app.rules import reading
from app.rules.calls import compile_pattern
from app.rules.tree import (
    And,
    Arithmetic,
    Comparison,
    FactRef,
    Function,
    IsNone,
    ItemRef,
    Literal,
    Matches,
    Membership,
    Node,
    Not,
    Now,
    Or,
    ParameterRef,
    Quantifier,
)
from app.values.facts import Presence

if TYPE_CHECKING:
    import re2

_MICROSECONDS = {"seconds": 10**6, "minutes": 60 * 10**6, "hours": 3600 * 10**6, "days": 86_400 * 10**6}


class Unknown(Enum):
    """What a value is that cannot be known."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN
Truth = bool | None


@dataclass(frozen=True, slots=True)
class Sight:
    """What a condition looks at: facts as read (None: absent), the instant, and the items being walked over."""

    facts: Mapping[str, object]
    now: int
    items: Mapping[str, object] = field(default_factory=dict)

    def at(self, variable: str, item: object) -> Sight:
        """The same with one more item in sight."""
        return replace(self, items={**self.items, variable: item})


def parameter_value(node: ParameterRef) -> bool | int | str | tuple[int, ...] | tuple[str, ...]:
    """The value a named threshold has in this evaluation."""
    return node.value


def truth(node: Node, sight: Sight) -> Truth:  # noqa: PLR0911 - one return a kind of node
    """Whether a condition holds; None where it cannot be known."""
    match node:
        case Not():
            return negated(truth(node.part, sight))
        case And():
            return all_of(truth(part, sight) for part in node.parts)
        case Or():
            return any_of(truth(part, sight) for part in node.parts)
        case Quantifier():
            source = worth(node.source, sight)
            if source is UNKNOWN:
                return None
            of = any_of if node.name == "any" else all_of
            return of(item_truth(node, each) for each in walked(node, source, sight))
        case IsNone():
            return sight.facts.get(node.of.fact.name) is None
        case Comparison() | Membership():
            return _compared(node, sight)
        case Matches():
            text = worth(node.text, sight)
            return None if text is UNKNOWN else reading.found(_program(node.pattern), text)
        case _:
            value = worth(node, sight)
            return None if value is UNKNOWN else bool(value)


def worth(node: Node, sight: Sight) -> Any:  # noqa: PLR0911 - one return a kind of node
    """The value of a node, ``UNKNOWN`` where something it needs is absent or a divisor is zero."""
    match node:
        case ParameterRef():
            return parameter_value(node)
        case Literal():
            return node.value
        case FactRef():
            value = sight.facts.get(node.fact.name)
            return UNKNOWN if value is None else value
        case ItemRef():
            item: Any = sight.items[node.variable]
            return item if node.member is None else item[node.member]
        case Now():
            return sight.now
        case Arithmetic():
            return _worked_out(node.operator, worth(node.left, sight), worth(node.right, sight))
        case Function():
            values = [worth(argument, sight) for argument in node.arguments]
            return UNKNOWN if UNKNOWN in values else _applied(node.name, values)
        case Quantifier():
            source = worth(node.source, sight)
            return UNKNOWN if source is UNKNOWN else _total(node, walked(node, source, sight))
        case _:
            raise AssertionError(f"{type(node).__name__} has no worth")


def plain(node: Node, sight: Sight) -> Any:
    """The value for ``==`` and the left of ``in``, where the None of a nullable fact is an ordinary value."""
    if isinstance(node, FactRef) and node.fact.presence is Presence.NULLABLE:
        return sight.facts.get(node.fact.name)
    return worth(node, sight)


def walked(node: Quantifier, source: Iterable[object], sight: Sight) -> Iterator[Sight]:
    """What is in sight at each item of a list."""
    return (sight.at(node.variable, item) for item in source)


def item_truth(node: Quantifier, sight: Sight) -> Truth:
    """What one item says: for ``any`` that it is the one, for ``all`` that it is no exception."""
    body = truth(node.body, sight)
    if node.condition is None:
        return body
    test = truth(node.condition, sight)
    return all_of((test, body)) if node.name == "any" else any_of((negated(test), body))


def all_of(truths: Iterable[Truth]) -> Truth:
    """Kleene's and."""
    found: Truth = True
    for each in truths:
        if each is False:
            return False
        found = found and each
    return found


def any_of(truths: Iterable[Truth]) -> Truth:
    """Kleene's or."""
    return negated(all_of(negated(each) for each in truths))


def negated(value: Truth) -> Truth:
    """The opposite; unknown stays unknown."""
    return None if value is None else not value


def _compared(node: Comparison | Membership, sight: Sight) -> Truth:  # noqa: PLR0911 - one return an operator
    if isinstance(node, Membership):
        one, many = plain(node.left, sight), worth(node.right, sight)
        return None if one is UNKNOWN or many is UNKNOWN else one in many
    look = plain if node.operator == "==" else worth
    left, right = look(node.left, sight), look(node.right, sight)
    if left is UNKNOWN or right is UNKNOWN:
        return None
    match node.operator:
        case "==":
            return bool(left == right)
        case "<":
            return bool(left < right)
        case "<=":
            return bool(left <= right)
        case ">":
            return bool(left > right)
        case _:
            return bool(left >= right)


def _worked_out(operator: str, left: Any, right: Any) -> Any:
    if left is UNKNOWN or right is UNKNOWN or (operator == "//" and right == 0):
        return UNKNOWN
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case _:
            return left // right


def _applied(name: str, values: list[Any]) -> Any:
    match name:
        case "neg":
            return -values[0]
        case "clamp":
            value, low, high = values
            return min(max(value, low), high)
        case "min" | "max":
            return min(values) if name == "min" else max(values)
        case "abs" | "len":
            return abs(values[0]) if name == "abs" else len(values[0])
        case _:
            return values[0] * _MICROSECONDS[name]


def _total(node: Quantifier, sights: Iterable[Sight]) -> Any:
    total = 0
    for sight in sights:
        test = True if node.condition is None else truth(node.condition, sight)
        if node.name == "count":
            test = all_of((test, truth(node.body, sight)))
        value = 1 if node.name == "count" or test is False else worth(node.body, sight)
        if test is None or value is UNKNOWN:
            return UNKNOWN
        total += value if test else 0
    return total


@lru_cache(maxsize=512)
def _program(pattern: str) -> re2._Regexp[str]:
    return compile_pattern(pattern)
