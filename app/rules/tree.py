"""A checked expression as a tree of values: what both evaluators are made from.

Every node here is well typed, because only the checker builds them. ``!=``, ``not in`` and ``is not`` are a ``Not``
around their positive, and a chained comparison is an ``And`` of pairs, so an evaluator has little to get wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from enum import StrEnum

from app.rules.overrides import Override, Value
from app.rules.units import Unit
from app.values.facts import Fact, FactType


class Type(StrEnum):
    """What an expression gives; the fact types and what arises between them."""

    BOOL = FactType.BOOL.value
    INT = FactType.INT.value
    TEXT = FactType.TEXT.value
    INSTANT = FactType.INSTANT.value
    TEXT_LIST = FactType.TEXT_LIST.value
    RECORD_LIST = FactType.RECORD_LIST.value
    DURATION = "duration"
    RECORD = "record"
    INT_LIST = "int_list"


@dataclass(frozen=True, slots=True)
class Node:
    """What every node has: the type it gives and, for numbers, the unit (``None``: a literal takes any)."""

    type: Type
    unit: Unit


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A written value: bool, int, str, or a tuple of int or str for a list."""

    value: bool | int | str | tuple[int, ...] | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ParameterRef(Literal):
    """A named threshold; its value is fixed when the engine is built."""

    name: str


@dataclass(frozen=True, slots=True)
class OverriddenRef(Node):
    """A named threshold of which some shops have another value: what stands under ``key`` beside the facts, if any."""

    name: str
    key: str
    default: Value
    overrides: tuple[Override, ...]

    @property
    def values(self) -> tuple[Value, ...]:
        """All values it can have."""
        return (self.default, *(override.value for override in self.overrides))


@dataclass(frozen=True, slots=True)
class FactRef(Node):
    """A declared fact of the event."""

    fact: Fact


@dataclass(frozen=True, slots=True)
class ItemRef(Node):
    """The item a comprehension walks over (``member`` None) or one member of that record."""

    variable: str
    member: str | None


@dataclass(frozen=True, slots=True)
class Now(Node):
    """The instant the evaluation is asked for."""


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """``+``, ``-``, ``*`` or ``//``; a zero divisor makes the result unknown."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Function(Node):
    """``neg``, ``abs``, ``min``, ``max``, ``clamp``, ``len``, ``days``, ``hours``, ``minutes`` or ``seconds``."""

    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """``==``, ``<``, ``<=``, ``>`` or ``>=`` of two values of one type."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Membership(Node):
    """``left in right``, where ``right`` is a list."""

    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class IsNone(Node):
    """A nullable fact is absent."""

    of: FactRef


@dataclass(frozen=True, slots=True)
class Matches(Node):
    """An RE2 pattern occurs somewhere in a text."""

    text: Node
    pattern: str


@dataclass(frozen=True, slots=True)
class Quantifier(Node):
    """``any``, ``all``, ``count`` (body is a condition) or ``sum`` (body is a number) over a list."""

    name: str
    variable: str
    source: Node
    body: Node
    condition: Node | None


@dataclass(frozen=True, slots=True)
class And(Node):
    """All parts."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or(Node):
    """At least one part."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not(Node):
    """The opposite; unknown stays unknown."""

    part: Node


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked expression with its text as written."""

    text: str
    root: Node
    facts: tuple[Fact, ...] = field(default=())
    parameters: tuple[str, ...] = field(default=())


_FIELDS: dict[type[Node], tuple[str, ...]] = {
    kind: tuple(each.name for each in fields(kind) if re.search(r"\b(Node|FactRef)\b", str(each.type)))
    for kind in (
        *(Literal, ParameterRef, OverriddenRef, FactRef, ItemRef, Now, Arithmetic, Function, Comparison, Membership),
        *(IsNone, Matches, Quantifier, And, Or, Not),
    )
}
"""The fields that hold nodes, written down once: they are asked for a million times while rules are compiled."""


def children(node: Node) -> list[Node]:
    """The nodes directly below, from the left."""
    found: list[Node] = []
    for name in _FIELDS[type(node)]:
        value = getattr(node, name)
        if isinstance(value, tuple):
            found.extend(value)
        elif value is not None:
            found.append(value)
    return found


def written_values(node: Node) -> tuple[Value | tuple[int, ...], ...]:
    """What a written value or parameter can be; empty for everything else."""
    if isinstance(node, OverriddenRef):
        return node.values
    return (node.value,) if isinstance(node, Literal) else ()


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it, from the left."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(children(node)))


def express(text: str, root: Node) -> Expression:
    """The expression around a checked tree, with the facts and parameters it looks at, in order of first use."""
    nodes = list(walk(root))
    facts = dict.fromkeys(node.fact.name for node in nodes if isinstance(node, FactRef))
    by_name = {node.fact.name: node.fact for node in nodes if isinstance(node, FactRef)}
    parameters = dict.fromkeys(node.name for node in nodes if isinstance(node, ParameterRef | OverriddenRef))
    return Expression(text, root, tuple(by_name[name] for name in facts), tuple(parameters))
