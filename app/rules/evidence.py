"""``has_evidence`` and ``lapsed_evidence``: questions to the registry, as a walk over the list of what it knows.

They become an ordinary ``any`` over records, so every evaluator, and whatever explains a rule, knows them already; and
where the list is unknown, so is the answer.
"""

from __future__ import annotations

import ast
from difflib import get_close_matches
from typing import TYPE_CHECKING

from app.rules.problems import ExpressionError
from app.rules.tree import And, Comparison, FactRef, ItemRef, Literal, Membership, Node, Not, Or, Quantifier, Type, walk
from app.values.evidence import FACT, IN_FORCE, KINDS, LAPSED, EvidenceKind

if TYPE_CHECKING:
    from app.rules.check import Checker

_ASKED = ("claim", "word", "number", "subject")


def check_evidence(checker: Checker, name: str, node: ast.Call) -> Node:
    """The tree of one question."""
    fact = checker.facts.get(FACT)
    if fact is None:
        raise ExpressionError(f"{checker.where} does not look up evidence", node, f"a kind that declares {FACT}")
    variable = f"evidence_{len(checker.items)}"
    source = FactRef(Type.RECORD_LIST, None, fact)
    if name == "lapsed_evidence":
        if len(node.args) != 1 or node.keywords:
            raise ExpressionError("lapsed_evidence() takes one reference", node, "lapsed_evidence(evidence_id)")
        parts: tuple[Node, ...] = (
            _is(variable, "state", _written(LAPSED)),
            _named(variable, _text(checker, node.args[0])),
        )
    else:
        parts = _held(checker, variable, node)
    return Quantifier(Type.BOOL, None, "any", variable, source, And(Type.BOOL, None, parts), None)


def asked_kinds(node: Quantifier) -> tuple[EvidenceKind, ...] | None:
    """The kinds of evidence such a question asks for, none of them for any; None where it asks for what lapsed."""
    literals = [each.value for each in walk(node) if isinstance(each, Literal)]
    if LAPSED in literals:
        return None
    return tuple(KINDS[str(each)] for each in next((each for each in literals if isinstance(each, tuple)), ()))


def _held(checker: Checker, variable: str, node: ast.Call) -> tuple[Node, ...]:
    kinds = tuple(_kind(argument) for argument in node.args)
    asked = {keyword.arg: keyword.value for keyword in node.keywords}
    unknown = [str(each) for each in asked if each not in _ASKED]
    if unknown or len(asked) != len(node.keywords) or not (kinds or asked):
        problem = f"has_evidence() has no {unknown[0]!r:.40}" if unknown else "has_evidence() asks for nothing"
        raise ExpressionError(problem, node, f"kinds in quotes, then {', '.join(_ASKED)}")
    parts = [_is(variable, "state", _written(IN_FORCE))]
    if kinds:
        listed = Literal(Type.TEXT_LIST, None, kinds)
        parts.append(Membership(Type.BOOL, None, _member(variable, "kind"), listed))
    for name, written in asked.items():
        value = _text(checker, written)
        if name == "claim":
            of_subject = Not(Type.BOOL, None, _is(variable, "subject", _written("")))
            general = And(Type.BOOL, None, (_is(variable, "claim", _written("")), of_subject))
            parts.append(Or(Type.BOOL, None, (_is(variable, "claim", value), general)))
        elif name == "number":
            parts.append(_named(variable, value))
        else:
            parts.append(_is(variable, "claim" if name == "word" else "subject", value))
    return tuple(parts)


def _kind(node: ast.expr) -> str:
    value = node.value if isinstance(node, ast.Constant) else None
    if not isinstance(value, str):
        raise ExpressionError("is no written kind of evidence", node, "such as 'test_report'")
    if value not in KINDS:
        near = get_close_matches(value, KINDS, n=1)
        hint = f"{near[0]!r}, did you mean that?" if near else ", ".join(KINDS)
        raise ExpressionError(f"unknown kind of evidence {value!r:.60}", node, hint)
    return value


def _text(checker: Checker, node: ast.expr) -> Node:
    found = checker.value(node)
    if found.type is not Type.TEXT:
        raise ExpressionError("evidence is asked for by texts", node, "a text")
    return found


def _named(variable: str, value: Node) -> Node:
    return Or(Type.BOOL, None, (_is(variable, "number", value), _is(variable, "id", value)))


def _is(variable: str, member: str, value: Node) -> Node:
    return Comparison(Type.BOOL, None, "==", _member(variable, member), value)


def _member(variable: str, member: str) -> ItemRef:
    return ItemRef(Type.TEXT, None, variable, member)


def _written(value: str) -> Literal:
    return Literal(Type.TEXT, None, value)
