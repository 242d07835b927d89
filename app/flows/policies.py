"""What a decision on a case may rest on: categories of words, and rules, those of the case first."""

from __future__ import annotations

from collections.abc import Mapping

import orjson
from sqlalchemy.orm import Session

from app.flows.parts import Parts
from app.flows.stored_screening import open_column
from app.models import Case, Screening
from app.vault.crypto import SealBroken


def policies_of(parts: Parts, session: Session, case: Case) -> Mapping[str, str]:
    """``category`` or ``rule`` by id: what was found in the case, then all in force."""
    found = found_in(parts, session, case)
    if parts.live.is_ready:
        judge = parts.live.current
        found |= {category: found.get(category, "category") for category in sorted(judge.severities)}
        rules = {rule for kind in judge.kinds for rule in judge.engine.rules_on(kind)}
        found |= dict.fromkeys(sorted(rules - set(found)), "rule")
    return found


def found_in(parts: Parts, session: Session, case: Case) -> dict[str, str]:
    """``category`` or ``rule`` by id: the case's own, the rules that fired, the categories of the words that hit."""
    found = {case.category: "category"}
    answer = _answer(parts, session, case)
    found |= {firing["rule"]: "rule" for firing in answer.get("firings", ()) if not firing.get("shadow")}
    return found | {hit["category"]: "category" for hit in answer.get("hits", ())}


def _answer(parts: Parts, session: Session, case: Case) -> Mapping[str, list[Mapping[str, str]]]:
    screening = session.get(Screening, case.screening_id) if case.screening_id else None
    if screening is None:
        return {}
    try:
        answer: Mapping[str, list[Mapping[str, str]]] = orjson.loads(
            open_column(parts.people, session, screening, "answer")
        )
    except (SealBroken, orjson.JSONDecodeError):
        return {}
    return answer
