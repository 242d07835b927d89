"""What the language asks of written values: a threshold has a name, a choice is one of the declared ones."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from difflib import get_close_matches

from app.rules.problems import ExpressionError
from app.rules.tree import FactRef, Literal, Node, ParameterRef, Type, written_values
from app.rules.units import ONE_IN_BP

_NEEDS_NO_NAME = (0, 1)


def is_one_in_bp(node: Node) -> bool:
    """The literal 10000, which is one in basis points."""
    return isinstance(node, Literal) and not isinstance(node, ParameterRef) and node.value == ONE_IN_BP


def no_bare_threshold(side: Node, written: ast.expr) -> None:
    """Refuses a written number where a named parameter belongs."""
    literal = isinstance(side, Literal) and not isinstance(side, ParameterRef) and side.type is Type.INT
    if literal and side.value not in _NEEDS_NO_NAME:  # type: ignore[attr-defined]
        raise ExpressionError(
            f"the threshold {ast.unparse(written)} has no name", written, "a parameter with its origin"
        )


def check_choice(one: Node, other: Node, node: ast.expr) -> None:
    """Refuses comparing a fact that has choices with a text, or a list with a text, that is none of them."""
    if not (isinstance(one, FactRef) and one.fact.choices):
        return
    for value in written_texts(other):
        if value not in one.fact.choices:
            near = get_close_matches(value, one.fact.choices, n=1)
            hint = f"{near[0]!r}, did you mean that?" if near else ", ".join(one.fact.choices)
            raise ExpressionError(f"{one.fact.name!r} is never {value!r}", node, hint)


def written_texts(node: Node) -> Iterator[str]:
    """The texts a written value or parameter can be or hold."""
    for value in written_values(node):
        yield from (each for each in (value if isinstance(value, tuple) else (value,)) if isinstance(each, str))


def may_be_zero(node: Node) -> bool:
    """Whether a written number or a parameter is zero, for some shop at least."""
    return 0 in written_values(node)
