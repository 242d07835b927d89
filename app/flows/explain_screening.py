"""Explaining a stored decision: judge what it saw once more, by the snapshots it names and as of its own instant.

screening ─ its content (unsealed, never shown) ─ the judge of its snapshots ─ judge_content ─ every rule explained
                                                                                             └ the same as stored?
A decision is a pure function of what it saw, so a difference means that this program reads its snapshots differently
than it did then; it is told and counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from app import contents
from app.flows.explain_facts import Why, why
from app.flows.judge_content import UNSEEN_MEDIA, check_content, judge_content, scope_of
from app.flows.parts import Parts
from app.flows.stored_judge import stored_judge
from app.flows.stored_screening import open_column, stored_content
from app.flows.wordlist_freshness import STALE_DOUBT
from app.metrics import REPLAYS_DIFFERENT
from app.values.access import Caller
from app.values.answer import decision_answer
from app.values.change import Language
from app.values.deciding import Verdict, hardest

_HIT = ("field", "segment", "start", "end", "wordlist", "word", "verdict")


@dataclass(frozen=True, slots=True)
class Replayed:
    """A stored decision judged again: why, and how it differs from what was stored (one entry a member)."""

    kind: str
    at: datetime
    decision: str
    why: Why
    differences: tuple[Mapping[str, object], ...]
    snapshot: Mapping[str, str]


def explain_screening(parts: Parts, screening_id: str, *, caller: Caller, language: Language = "zh") -> Replayed:
    """Explain a screening of one of the caller's shops.

    Raises:
        NotFound: there is no such screening, or a snapshot it names is not stored.
        SealBroken: it held personal data whose key is gone.
        BadDefinition, InvalidInput: this program cannot read its snapshots or its facts any more.
    """
    with parts.db.read() as session:
        screening = contents.find_screening(session, screening_id, caller=caller)
        content = stored_content(parts.people, session, screening, content_id="")
        stored: dict[str, Any] = orjson.loads(open_column(parts.people, session, screening, "answer"))
    judge = stored_judge(parts, screening.rules_snapshot, screening.wordlists_snapshot)
    check_content(judge, content, is_stored=True)
    kind = judge.event_kind(content.kind)
    assert kind is not None, "check_content lets only known kinds through"
    doubts = tuple(doubt for doubt in stored["doubts"] if doubt in {UNSEEN_MEDIA, STALE_DOUBT})
    judged = judge_content(judge, content, now=screening.created_at, doubts=doubts)
    again = decision_answer(judged.decision)
    if stored.get("status") == "pending":  # held until its reviewer had spoken
        again["decision"] = hardest([judged.decision.decision, Verdict.REVIEW]).value
    differences = tuple(_differences(stored, again))
    if differences:
        REPLAYS_DIFFERENT.inc()
    at, scope = screening.created_at, scope_of(content)
    explained = why(judge, kind, judged.facts, now=at, scope=scope, language=language)
    snapshot = {"rules": judge.rules_id, "wordlists": judge.wordlists_id}
    return Replayed(kind.name, at, stored["decision"], explained, differences, snapshot)


def _differences(stored: Mapping[str, Any], again: Mapping[str, Any]) -> list[Mapping[str, object]]:
    """What differs, without any text of the content: hits and personal data are counted."""
    pairs = [(name, _told(name, stored[name]), _told(name, again[name])) for name in _COMPARED]
    same = {name: _compared(name, stored[name]) == _compared(name, again[name]) for name in _COMPARED}
    return [{"field": name, "stored": one, "now": other} for name, one, other in pairs if not same[name]]


_COMPARED = ("decision", "firings", "hits", "personal_data", "labels", "doubts")


def _compared(name: str, value: Any) -> object:
    if name == "hits":
        return [[hit.get(key) for key in _HIT] for hit in value]
    return _told(name, value) if name == "firings" else value


def _told(name: str, value: Any) -> object:
    if name == "firings":
        return [f"{each['rule']} {each['decision']}{' shadow' if each.get('shadow') else ''}" for each in value]
    return len(value) if name in ("hits", "personal_data") else value
