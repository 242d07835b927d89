"""Checks calls: the short list of functions, and any, all, sum and count over a list."""

from __future__ import annotations

import ast
import keyword
from difflib import get_close_matches
from typing import TYPE_CHECKING

import re2

from app.rules.evidence import check_evidence
from app.rules.functions import EVIDENCE_FUNCTIONS, FUNCTIONS, MAX_ARGUMENTS, QUANTIFIERS
from app.rules.literals import no_bare_threshold
from app.rules.problems import ExpressionError
from app.rules.tree import (
    FactRef,
    Function,
    ItemRef,
    Literal,
    Matches,
    Node,
    ParameterRef,
    Quantifier,
    Type,
)
from app.rules.units import same

if TYPE_CHECKING:
    from app.rules.check import Checker

MAX_PATTERN = 500


def check_call(checker: Checker, node: ast.Call) -> Node:
    """The tree of one call."""
    name = node.func.id if isinstance(node.func, ast.Name) else ast.unparse(node.func)
    if name not in FUNCTIONS:
        near = get_close_matches(name, FUNCTIONS, n=1)
        hint = f"{near[0]!r}, did you mean that?" if near else ", ".join(FUNCTIONS)
        raise ExpressionError(f"unknown function {name!r:.60}", node, hint)
    if name in EVIDENCE_FUNCTIONS:
        return check_evidence(checker, name, node)
    if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
        raise ExpressionError(f"{name}() takes plain arguments only", node)
    if name in QUANTIFIERS:
        return _quantifier(checker, name, node)
    if name == "matches":
        return _matches(checker, node)
    if name in ("clamp", "min", "max"):
        return _choose(checker, name, node)
    return _single(checker, name, node)


def _quantifier(checker: Checker, name: str, node: ast.Call) -> Node:
    shape = f"{name}(… for x in list)"
    if len(node.args) != 1 or not isinstance(node.args[0], ast.GeneratorExp):
        raise ExpressionError(f"{name}() walks over a list", node, shape)
    inner = node.args[0]
    loop = inner.generators[0]
    if len(inner.generators) != 1 or loop.is_async or len(loop.ifs) > 1 or not isinstance(loop.target, ast.Name):
        raise ExpressionError(f"{name}() has one `for` and at most one `if`", node, shape)
    source = checker.value(loop.iter)
    variable = loop.target.id
    if source.type not in (Type.TEXT_LIST, Type.RECORD_LIST):
        raise ExpressionError(f"cannot walk over {source.type.value.replace('_', ' ')}", loop.iter, "a list")
    if variable in checker.items or variable in checker.parameters or variable in checker.facts or variable == "now":
        raise ExpressionError(f"{variable!r} already has a meaning", loop.target, "a name of its own")
    try:
        _bind(checker, variable, source)
        condition = checker.condition(loop.ifs[0]) if loop.ifs else None
        body = checker.number(inner.elt) if name == "sum" else checker.condition(inner.elt)
    finally:
        checker.items.pop(variable, None)
        checker.members.pop(variable, None)
    unit = body.unit if name == "sum" else ()
    kind = Type.INT if name in ("sum", "count") else Type.BOOL
    return Quantifier(kind, unit if kind is Type.INT else None, name, variable, source, body, condition)


def _bind(checker: Checker, variable: str, source: Node) -> None:
    if source.type is Type.RECORD_LIST and isinstance(source, FactRef):
        checker.items[variable] = ItemRef(Type.RECORD, None, variable, None)
        checker.members[variable] = source.fact.items
    else:
        checker.items[variable] = ItemRef(Type.TEXT, None, variable, None)


def _matches(checker: Checker, node: ast.Call) -> Node:
    if len(node.args) != len(("text", "pattern")):
        raise ExpressionError("matches() takes a text and a pattern", node, "matches(text, r'…')")
    text, pattern = checker.value(node.args[0]), checker.value(node.args[1])
    if text.type is not Type.TEXT:
        raise ExpressionError("matches() looks inside a text", node.args[0], "a text")
    if not isinstance(pattern, Literal) or not isinstance(pattern.value, str) or isinstance(pattern, ParameterRef):
        raise ExpressionError("matches() needs a written pattern", node.args[1], "r'…'")
    if not 0 < len(pattern.value) <= MAX_PATTERN:
        raise ExpressionError("the pattern is empty or too long", node.args[1], f"1 to {MAX_PATTERN} characters")
    try:
        compile_pattern(pattern.value)
    except (re2.error, UnicodeError) as error:
        why = error.args[0] if error.args else error
        told = why.decode("utf-8", "replace") if isinstance(why, bytes) else str(why)
        raise ExpressionError(f"the pattern does not compile: {told}", node.args[1], "RE2 syntax") from error
    return Matches(Type.BOOL, None, text, pattern.value)


def compile_pattern(pattern: str) -> re2._Regexp[str]:
    """The RE2 program of a pattern, silent about its own errors; raises ``re2.error``."""
    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options)


def _choose(checker: Checker, name: str, node: ast.Call) -> Node:
    values = tuple(checker.value(argument) for argument in node.args)
    fewest, most = (3, 3) if name == "clamp" else (2, MAX_ARGUMENTS)
    if not fewest <= len(values) <= most:
        raise ExpressionError(f"{name}() has {len(values)} arguments", node, f"{fewest} to {most}")
    kind = values[0].type
    if kind not in (Type.INT, Type.INSTANT, Type.DURATION) or any(value.type is not kind for value in values):
        raise ExpressionError(f"{name}() mixes types", node, "numbers, instants or durations")
    unit = None
    for value, written in zip(values, node.args, strict=True):
        no_bare_threshold(value, written)
        try:
            unit = same(unit, value.unit)
        except ValueError as error:
            raise ExpressionError(f"{name}() mixes units: {error}", written, "the same unit") from error
    if name == "clamp":
        low, high = values[1:]
        if isinstance(low, Literal) and isinstance(high, Literal) and low.value > high.value:  # type: ignore[operator]
            raise ExpressionError("clamp() has its lower bound above its upper", node, "clamp(value, low, high)")
    return Function(kind, unit, name, values)


def _single(checker: Checker, name: str, node: ast.Call) -> Node:
    if len(node.args) != 1:
        raise ExpressionError(f"{name}() has {len(node.args)} arguments", node, "1")
    value = checker.value(node.args[0])
    if name == "len":
        if value.type not in (Type.TEXT, Type.TEXT_LIST, Type.RECORD_LIST):
            raise ExpressionError("len() is for texts and lists", node, "a text or a list")
        return Function(Type.INT, (), "len", (value,))
    if name == "abs":
        if value.type not in (Type.INT, Type.DURATION):
            raise ExpressionError("abs() is for numbers and durations", node, "a number or a duration")
        return Function(value.type, value.unit, "abs", (value,))
    if value.type is not Type.INT or value.unit not in (None, (), (name,)):
        raise ExpressionError(f"{name}() needs a number of {name}", node, f"a parameter with unit {name}")
    return Function(Type.DURATION, None, name, (value,))


def is_usable_name(name: str) -> bool:
    """Whether a parameter or a part of a fact's name can stand in an expression."""
    return name.isidentifier() and not keyword.iskeyword(name) and name not in (*FUNCTIONS, "now")
