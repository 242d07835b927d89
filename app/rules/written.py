"""A condition cut into its parts as its author wrote them, so that an explanation can quote the rule.

The checked tree keeps no places in the text: it is what evaluators are made from, and two of its nodes may be one
object. The text is therefore read once more here, into a tree of the same shape as the checked one: ``and``, ``or``,
``not``, the links of a chained comparison, and the body and the test of ``any`` and ``all``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from app.rules.tree import Expression

_SIGNS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.Is: "is",
    ast.IsNot: "is not",
}


@dataclass(frozen=True, slots=True)
class Written:
    """A part's text; ``sides`` are the texts left and right of a comparison, or of the list that is walked over."""

    text: str
    sides: tuple[str, ...] = ()
    parts: tuple[Written, ...] = ()


def written(expression: Expression) -> Written:
    """The condition's text with the texts of its parts."""
    return _written(expression.text)


@lru_cache(maxsize=2048)
def _written(text: str) -> Written:
    source = text.replace("\r", " ").replace("\n", " ").strip()
    return _read(ast.parse(source, mode="eval").body, source.encode())


def _read(node: ast.expr, source: bytes) -> Written:
    text = _text(node, source)
    match node:
        case ast.BoolOp():
            return Written(text, parts=tuple(_read(part, source) for part in node.values))
        case ast.UnaryOp(op=ast.Not()):
            return Written(text, parts=(_read(node.operand, source),))
        case ast.Compare():
            links = tuple(_links(node, source))
            return links[0] if len(links) == 1 else Written(text, parts=links)
        case ast.Call(func=ast.Name(id="any" | "all"), args=[ast.GeneratorExp() as walk]):
            loop = walk.generators[0]
            parts = tuple(_read(part, source) for part in (walk.elt, *loop.ifs))
            return Written(text, sides=(_text(loop.iter, source),), parts=parts)
        case _:
            return Written(text)


def _links(node: ast.Compare, source: bytes) -> Iterator[Written]:
    sides = (_text(side, source) for side in (node.left, *node.comparators))
    for operator, (left, right) in zip(node.ops, pairwise(sides), strict=True):
        yield Written(f"{left} {_SIGNS[type(operator)]} {right}", sides=(left, right))


def _text(node: ast.expr, source: bytes) -> str:
    """The text of a node: the source is one line, and Python counts its columns in bytes of UTF-8."""
    return source[node.col_offset : node.end_col_offset].decode()
