"""An explanation as plain data: what goes out over HTTP, to a page and to the terminal."""

from __future__ import annotations

from typing import Any

from app.rules.explain import Explanation
from app.rules.parts import Part
from app.rules.sight import SeenValue


def explanation_answer(explanation: Explanation) -> dict[str, Any]:
    """The explanation in the contract's field names; values are plain JSON."""
    rule = explanation.rule
    return {
        "rule": rule.id,
        "pack": rule.pack,
        "title": rule.title,
        "status": rule.status.value,
        "decision": rule.then.verdict.value,
        "reason": rule.reason,
        "references": list(rule.references),
        "outcome": explanation.outcome.value,
        "holds": explanation.holds,
        "because": explanation.because,
        "missing": list(explanation.missing),
        "first_failed": explanation.first,
        "failed": explanation.failed,
        "size": explanation.size,
        "condition": _part(explanation.condition),
    }


def _part(part: Part) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "path": part.path,
        "kind": part.kind,
        "text": part.text,
        "outcome": part.outcome,
        "sentence": part.sentence,
        "values": [_value(value) for value in part.values],
        "parts": [_part(inner) for inner in part.parts],
    }
    if part.looked_at is not None:
        answer |= {"looked_at": part.looked_at, "item": part.item}
    return answer


def _value(seen: SeenValue) -> dict[str, Any]:
    return {
        "name": seen.name,
        "title": seen.title,
        "what": seen.what,
        "state": seen.state,
        "value": seen.value,
        "origin": seen.origin,
        "unit": seen.unit,
        "length": seen.length,
    }
