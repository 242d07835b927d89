"""A decision as the plain data that goes out over HTTP, into files and into the store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.values.deciding import Decision, Firing, Hit, MaskedText, Opinion, PersonalDatum


def decision_answer(decision: Decision) -> dict[str, Any]:
    """The decision's part of an answer, in the contract's field names; values are plain JSON."""
    return {
        "decision": decision.decision.value,
        "hits": [_hit(hit) for hit in decision.hits],
        "personal_data": [_personal_datum(datum) for datum in decision.personal_data],
        "firings": [_firing(firing) for firing in decision.firings],
        "opinions": [_opinion(opinion) for opinion in decision.opinions],
        "labels": list(decision.labels),
        "advice": list(decision.advice),
        "doubts": list(decision.doubts),
    }


def masked_answer(masked: Sequence[MaskedText]) -> dict[str, Any]:
    """The member `masked` of an answer; nothing where no text held personal data."""
    if not masked:
        return {}
    return {
        "masked": [_with_place({"field": each.field, "text": each.text}, each.segment, each.at_ms) for each in masked]
    }


def _hit(hit: Hit) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "field": hit.field,
        "start": hit.start,
        "end": hit.end,
        "text": hit.text,
        "word": hit.word,
        "category": hit.category,
        "wordlist": hit.wordlist,
        "verdict": hit.verdict.value,
        "hidden_by": list(hit.hidden_by),
        "source": hit.source,
    }
    if hit.suggestion is not None:
        answer["suggestion"] = hit.suggestion
    return _with_place(answer, hit.segment, hit.at_ms)


def _personal_datum(datum: PersonalDatum) -> dict[str, Any]:
    answer: dict[str, Any] = {"field": datum.field, "start": datum.start, "end": datum.end, "kind": datum.kind}
    return _with_place(answer, datum.segment, datum.at_ms)


def _with_place(answer: dict[str, Any], segment: int | None, at_ms: int | None) -> dict[str, Any]:
    if segment is not None:
        answer |= {"segment": segment, "at_ms": at_ms}
    return answer


def _firing(firing: Firing) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "rule": firing.rule,
        "pack": firing.pack,
        "decision": firing.decision.value,
        "reason": firing.reason,
        "references": list(firing.references),
        "bindings": dict(firing.bindings),
    }
    if firing.missing:
        answer["missing"] = list(firing.missing)
    if firing.shadow:
        answer["shadow"] = True
    if firing.effects:
        answer["effects"] = [dict(effect) for effect in firing.effects]
    return answer


def _opinion(opinion: Opinion) -> dict[str, Any]:
    return {
        "reviewer": opinion.reviewer,
        "verdict": opinion.verdict.value,
        "score_bp": opinion.score_bp,
        "reason": opinion.reason,
    }
