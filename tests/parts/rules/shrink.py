"""Makes a difference small: takes parts out of conditions and event for as long as the readings still differ."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator

from app.rules.problems import ExpressionError
from tests.parts.rules.fuzz import Difference, Event, amount_differences, differences

MOST_TRIES = 1_500
_SIMPLE = ("r.b", "True", "r.i", "r.fen", "0", "1")


def shrunk(difference: Difference) -> Difference:
    """A difference no part of which can be left out."""
    check = amount_differences if difference.told.startswith("amount") else differences
    tries = MOST_TRIES
    smaller = True
    while smaller and tries:
        smaller = False
        for texts, event in _candidates(difference):
            tries -= 1
            if not tries:
                break
            try:
                found = next(check(texts, [event]), None)
            except ExpressionError:
                continue
            if found:
                difference, smaller = found, True
                break
    return difference


def _candidates(difference: Difference) -> Iterator[tuple[tuple[str, ...], Event]]:
    texts, event = difference.texts, difference.event
    if len(texts) > 1:
        for at in range(len(texts)):
            yield (texts[at],), event
        for at in range(len(texts)):
            yield texts[:at] + texts[at + 1 :], event
    for name in event:
        yield texts, {other: value for other, value in event.items() if other != name}
    for at, text in enumerate(texts):
        for simpler in _simpler_texts(text):
            yield (*texts[:at], simpler, *texts[at + 1 :]), event
    for name, value in event.items():
        for simpler in _simpler_values(value):
            yield texts, {**event, name: simpler}


def _simpler_texts(text: str) -> Iterator[str]:
    """The expression with one node replaced by a part of it, or by something plain; the smallest come first."""
    tree = ast.parse(text, mode="eval")
    found = {ast.unparse(each) for each in _replaced(tree)}
    yield from sorted((each for each in found if len(each) < len(ast.unparse(tree))), key=len)


def _replaced(tree: ast.Expression) -> Iterator[ast.AST]:
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.expr)]
    for at, node in enumerate(nodes):
        parts = [part for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr)]
        plain = [ast.parse(each, mode="eval").body for each in _SIMPLE]
        for new in (*parts, *plain, *_without_one(node)):
            whole = copy.deepcopy(tree)
            old = [each for each in ast.walk(whole) if isinstance(each, ast.expr)][at]
            yield _Swap(old, new).visit(whole)


def _without_one(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.BoolOp) and len(node.values) > 1:
        for at in range(len(node.values)):
            yield ast.BoolOp(node.op, node.values[:at] + node.values[at + 1 :])
    if isinstance(node, ast.GeneratorExp) and node.generators[0].ifs:
        loop = node.generators[0]
        yield ast.GeneratorExp(node.elt, [ast.comprehension(loop.target, loop.iter, [], 0)])


class _Swap(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self.new if node is self.old else self.generic_visit(node)


def _simpler_values(value: object) -> Iterator[object]:
    if isinstance(value, list | tuple):
        for at in range(len(value)):
            yield list(value[:at]) + list(value[at + 1 :])
    elif isinstance(value, str) and value:
        yield from (value[: len(value) // 2], value[:-1])
    elif isinstance(value, int) and not isinstance(value, bool) and abs(value) > 1:
        yield from (0, 1, value // 2)
