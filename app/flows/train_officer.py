"""Officers train on gold cases; where it is asked for, nobody gets live ones before they reached the mark.

marked by a senior ─ asked without the answer ─ answered ─ told what is right and why ─ enough of the newest right?
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app import audit
from app.errors import Forbidden
from app.flows.parts import Parts
from app.models import GoldAnswer, GoldCase
from app.review import cases, gold
from app.review.claiming import DECIDERS, SENIORS
from app.review.gold import Trained
from app.values.access import Caller


def mark_gold(parts: Parts, case_id: str, *, lesson: str, caller: Caller, now: datetime) -> GoldCase:
    """Make a decided case a gold one; seniors do.

    Raises:
        NotFound, Forbidden, InvalidInput, Conflict: no such case, no senior, no lesson, not decided or gold already.
    """
    _need_senior(caller)

    def work(session: Session) -> GoldCase:
        case = cases.find(session, case_id, caller=caller)
        row = gold.mark(session, case, lesson=lesson, by=caller.name, now=now)
        details = {"case_id": case.id, "outcome": row.outcome}
        _record(session, row, "gold.mark", lesson, details, caller.name, now)
        return row

    return parts.db.write(work)


def retire_gold(parts: Parts, gold_id: str, *, reason: str, caller: Caller, now: datetime) -> GoldCase:
    """Take a gold case out of the training; seniors do."""
    _need_senior(caller)

    def work(session: Session) -> GoldCase:
        row = gold.retire(session, gold_id, caller=caller, now=now)
        _record(session, row, "gold.retire", reason, {"case_id": row.case_id}, caller.name, now)
        return row

    return parts.db.write(work)


def answer_gold(parts: Parts, gold_id: str, *, outcome: str, caller: Caller, now: datetime) -> GoldAnswer:
    """Answer a gold case, once; the answer says whether it was right."""
    if not caller.grants & DECIDERS:
        raise Forbidden(f"training needs one of {', '.join(sorted(DECIDERS))}")

    def work(session: Session) -> GoldAnswer:
        row = gold.find(session, gold_id, caller=caller)
        given = gold.answer(session, row, outcome, by=caller.name, now=now)
        _record(session, row, "gold.answer", None, {"outcome": outcome, "is_right": given.is_right}, caller.name, now)
        return given

    return parts.db.write(work)


def trained_of(parts: Parts, session: Session, officer: str) -> Trained:
    """How an officer stands, by this deployment's number and mark."""
    return gold.trained(session, officer, count=parts.settings.gold_count, pass_bp=parts.settings.gold_pass_bp)


def check_trained(parts: Parts, session: Session, caller: Caller) -> None:
    """Raise Forbidden where an officer has to train first. Seniors, administrators and keys never have to."""
    if not parts.settings.gold_required or caller.grants & SENIORS or not caller.name.startswith("officer:"):
        return
    found = trained_of(parts, session, caller.name)
    if not found.is_passed:
        raise Forbidden(
            f"{caller.name} trains on gold cases first: {found.right} right of {found.answered}, {found.needed} needed"
        )


def _need_senior(caller: Caller) -> None:
    if not caller.grants & SENIORS:
        raise Forbidden(f"gold cases need one of {', '.join(sorted(SENIORS))}")


def _record(
    session: Session, row: GoldCase, action: str, reason: str | None, details: dict[str, Any], by: str, now: datetime
) -> None:
    about: dict[str, Any] = {"object_type": "gold_case", "object_id": row.id, "shop_id": row.shop_id, "reason": reason}
    audit.record(session, actor=by, action=action, details=details, now=now, **about)
