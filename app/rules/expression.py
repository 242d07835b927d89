"""Reads the expression language: a small, typed subset of Python's, checked before anything runs.

``parse_condition`` and ``parse_number`` are the whole of it for the rest of the service; the language is described in
``docs/reference/expression-language.md``.
"""

from __future__ import annotations

import ast
import io
import tokenize
import warnings
from collections.abc import Mapping

from app.rules.check import Checker
from app.rules.problems import ExpressionError
from app.rules.tree import Expression, FactRef, Node, Now, OverriddenRef, ParameterRef, Type, express, walk
from app.rules.units import said, unit_of
from app.values.facts import Fact

MAX_LENGTH = 2_000
MAX_NODES = 400


def parse_condition(
    text: str, *, facts: Mapping[str, Fact], parameters: Mapping[str, ParameterRef | OverriddenRef], where: str
) -> Expression:
    """A checked condition; raises ExpressionError with ``offset`` set. ``where`` names the event kind in messages."""
    return _parse(text, Checker(facts, parameters, where), unit=None)


def parse_number(
    text: str,
    *,
    facts: Mapping[str, Fact],
    parameters: Mapping[str, ParameterRef | OverriddenRef],
    where: str,
    unit: str,
) -> Expression:
    """A checked whole number of the given unit (``fen``, ``days`` …); raises ExpressionError with ``offset`` set."""
    return _parse(text, Checker(facts, parameters, where), unit=unit)


def _parse(text: str, checker: Checker, *, unit: str | None) -> Expression:
    source = text.replace("\r", " ").replace("\n", " ").rstrip()
    lead = len(source) - len(source.lstrip())
    tree = python_tree(source.lstrip())
    try:
        root = checker.condition(tree) if unit is None else _amount(checker, tree, unit)
    except ExpressionError as error:
        if error.offset is None and error.node is not None:
            error.offset = lead + len(source.lstrip().encode()[: error.node.col_offset].decode())
        raise
    found = express(text, root)
    if unit is None and not any(isinstance(node, FactRef | Now) for node in walk(root)):
        raise ExpressionError("asks nothing of the event", expected="a fact or now", offset=0)
    return found


def python_tree(source: str) -> ast.expr:
    """Python's own tree of an expression that is short and small enough; raises ExpressionError."""
    if len(source) > MAX_LENGTH:
        raise ExpressionError("is too long", expected=f"at most {MAX_LENGTH} characters", offset=0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            tree = ast.parse(source, mode="eval").body
        has_comment = "#" in source and _has_comment(source)
    except SyntaxError as error:
        at = error.offset - 1 if error.offset else len(source)
        hint = _hint(str(error.msg), source, at)
        raise ExpressionError(f"cannot be read: {error.msg}", expected=hint, offset=at) from error
    except (ValueError, RecursionError, MemoryError, tokenize.TokenError) as error:
        raise ExpressionError(f"cannot be read: {type(error).__name__}", expected="an expression", offset=0) from error
    if has_comment:
        raise ExpressionError("holds a comment", expected="comments outside the expression, in the YAML", offset=0)
    if sum(1 for _ in ast.walk(tree)) > MAX_NODES:
        raise ExpressionError("is too large", expected=f"at most {MAX_NODES} parts", offset=0)
    return tree


_WRITTEN_LIKE_THIS = {"&&": "and", "||": "or", "<>": "!=", "=": "== to compare", "!": "not", "?": "and, or and not"}


def _hint(message: str, source: str, at: int) -> str:
    """How it is written here, where another language's way was taken."""
    if "escape" in message:
        return "r'…' around a pattern"
    rest = source[max(at - 1, 0) :].lstrip()
    found = next((way for sign, way in _WRITTEN_LIKE_THIS.items() if rest.startswith(sign)), None)
    return found or ("something after that" if at >= len(source) else "an expression")


def _has_comment(source: str) -> bool:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return any(token.type == tokenize.COMMENT for token in tokens)


def _amount(checker: Checker, tree: ast.expr, unit: str) -> Node:
    found = checker.number(tree)
    if found.unit is not None and found.unit != unit_of(unit):
        raise ExpressionError(f"is in {said(found.unit)}", tree, f"an amount in {unit}")
    if found.unit is None and found.type is Type.INT:
        raise ExpressionError("is a number without a name", tree, "a parameter with its origin")
    return found
