"""A decision as the plain data that goes out over HTTP, into files and into the store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.values.deciding import Decision, Exempted, Firing, Fix, Hit, MaskedText, Opinion, PersonalDatum
from app.values.sign_off import SignOff

_LARGEST = 2**63 - 1


def decision_answer(decision: Decision) -> dict[str, Any]:
    """The decision's part of an answer, in the contract's field names; values are plain JSON."""
    return {
        "decision": decision.decision.value,
        "hits": [_hit(hit) for hit in decision.hits],
        "exempted": [_exempted(each) for each in decision.exempted],
        "personal_data": [_personal_datum(datum) for datum in decision.personal_data],
        "firings": [firing_answer(firing) for firing in decision.firings],
        "opinions": [_opinion(opinion) for opinion in decision.opinions],
        "labels": list(decision.labels),
        "advice": [fix.sentence for fix in decision.fixes] or list(decision.advice),
        "fixes": [_fix(fix) for fix in decision.fixes],
        "rewrites": [_with_place({"field": e.field, "text": e.text}, e.segment, e.at_ms) for e in decision.rewrites],
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
    if hit.ground is not None:
        answer["ground"] = hit.ground
    return _with_place(answer, hit.segment, hit.at_ms)


def _fix(fix: Fix) -> dict[str, Any]:
    return {
        "what": fix.what,
        "decision": fix.decision.value,
        "rule": fix.rule,
        "where": [
            _with_place({"field": e.field, "start": e.start, "end": e.end, "said": e.said}, e.segment, e.at_ms)
            for e in fix.spots
        ],
        "clauses": list(fix.clauses),
        "remedy": fix.remedy,
    }


def _exempted(each: Exempted) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "field": each.field,
        "start": each.start,
        "end": each.end,
        "text": each.text,
        "word": each.word,
        "wordlist": each.wordlist,
        "category": each.category,
        "reason": each.reason,
        "valid_to": each.valid_to.isoformat(),
    }
    return _with_place(answer, each.segment, each.at_ms)


def _personal_datum(datum: PersonalDatum) -> dict[str, Any]:
    answer: dict[str, Any] = {"field": datum.field, "start": datum.start, "end": datum.end, "kind": datum.kind}
    return _with_place(answer, datum.segment, datum.at_ms)


def _with_place(answer: dict[str, Any], segment: int | None, at_ms: int | None) -> dict[str, Any]:
    if segment is not None:
        answer |= {"segment": segment, "at_ms": at_ms}
    return answer


def _in_json(value: Any) -> Any:
    """The value; a number worked out beyond 64 bits, which JSON's readers would spoil, as its digits."""
    return str(value) if isinstance(value, int) and abs(value) > _LARGEST else value


def firing_answer(firing: Firing) -> dict[str, Any]:
    """A firing as plain JSON."""
    answer: dict[str, Any] = {
        "rule": firing.rule,
        "pack": firing.pack,
        "decision": firing.decision.value,
        "reason": firing.reason,
        "references": list(firing.references),
        "bindings": {name: _in_json(value) for name, value in firing.bindings.items()},
    }
    if firing.remedy is not None:
        answer["remedy"] = firing.remedy
    if firing.missing:
        answer["missing"] = list(firing.missing)
    if firing.shadow:
        answer["shadow"] = True
    if firing.effects:
        answer["effects"] = [dict(effect) for effect in firing.effects]
    if firing.overrides:
        answer["overrides"] = {name: dict(where) for name, where in firing.overrides.items()}
    if firing.unsigned:
        answer["unsigned"] = list(firing.unsigned)
    if firing.sign_offs:
        answer["sign_offs"] = [_sign_off(sign_off) for sign_off in firing.sign_offs]
    if firing.limited_by:
        answer["limited_by"] = list(firing.limited_by)
    return answer


def _sign_off(sign_off: SignOff) -> dict[str, Any]:
    """What has to be printed on whatever rests on it."""
    return {
        "id": sign_off.id,
        "object_type": sign_off.object_type,
        "name": sign_off.name,
        "value": list(sign_off.value) if isinstance(sign_off.value, tuple) else sign_off.value,
        "basis": sign_off.basis,
        "signed_by": sign_off.signed_by,
        "approved_by": sign_off.approved_by,
        "valid_from": sign_off.valid_from.isoformat(),
        "valid_to": sign_off.valid_to.isoformat() if sign_off.valid_to else None,
    }


def _opinion(opinion: Opinion) -> dict[str, Any]:
    return {
        "reviewer": opinion.reviewer,
        "verdict": opinion.verdict.value,
        "score_bp": opinion.score_bp,
        "reason": opinion.reason,
    }
