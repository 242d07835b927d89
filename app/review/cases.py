"""Opening and closing cases; this module owns every change of a case's state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import literal, select, tuple_, update
from sqlalchemy.orm import Session

from app.errors import Conflict, InvalidInput, NotFound, Problem
from app.models import Case, new_id
from app.values.access import Caller
from app.values.deciding import Decision, Verdict

OPEN_STATES = ("open",)
TOLD = ("id", "shop_id", "screening_id", "decision", "category", "severity", "opened_at")
OUTCOMES = ("pass", "label", "block")
_NO_CATEGORY = "doubt"


def case_values(
    decision: Decision, *, severities: Mapping[str, int], now: datetime, review_sla: timedelta, block_sla: timedelta
) -> dict[str, Any]:
    """The columns of a new case that follow from the decision: category, severity, due date, a summary in Chinese."""
    worst = max(decision.hits, key=lambda hit: (hit.verdict.hardness, severities.get(hit.category, 1)), default=None)
    category = worst.category if worst is not None else _NO_CATEGORY
    is_block = decision.decision is Verdict.BLOCK
    reasons = [firing.reason for firing in decision.firings if not firing.shadow] or list(decision.doubts)
    words = "、".join(dict.fromkeys(hit.word for hit in decision.hits[:8]))
    return {
        "id": new_id(),
        "state": "open",
        "decision": decision.decision.value,
        "category": category,
        "severity": max(severities.get(category, 2), 3 if is_block else 1),
        "summary": "；".join([*reasons[:3], *([f"命中：{words}"] if words else [])])[:500],
        "opened_at": now,
        "due_at": now + (block_sla if is_block else review_sla),
    }


def supersede(session: Session, content_pks: Sequence[str], *, now: datetime) -> None:
    """Close open cases of older versions: nobody should judge a text that has been replaced."""
    for start in range(0, len(content_pks), 500):
        stale = Case.content_pk.in_(content_pks[start : start + 500]) & Case.state.in_(OPEN_STATES)
        session.execute(
            update(Case)
            .where(stale)
            .values(state="superseded", decided_at=now, decided_by="system", reason="内容已更新")
        )


def open_about(session: Session, *, natural_key: str, values: Mapping[str, Any]) -> tuple[Case, bool]:
    """The open case of that natural key, made where there is none; and whether it was made now."""
    row = session.scalar(select(Case).where(Case.natural_key == natural_key))
    if row is not None and row.state in OPEN_STATES:
        return row, False
    if row is not None and row.state == "superseded":  # what was taken back holds after all
        row.state, row.decided_at, row.decided_by, row.reason = "open", None, None, None
        row.opened_at, row.due_at = values["opened_at"], values["due_at"]
        session.flush()
        return row, True
    if row is not None:  # a person has decided it; the same doubt is not asked twice
        return row, False
    row = Case(id=new_id(), state="open", natural_key=natural_key, **values)
    session.add(row)
    session.flush()
    return row, True


def overtake(session: Session, case_id: str, *, now: datetime, reason: str = "事后收到的事件表明不成立") -> None:
    """Close a case whose cause turned out not to hold, or is dealt with; one that is decided stays."""
    stale = (Case.id == case_id) & Case.state.in_(OPEN_STATES)
    values = {"state": "superseded", "decided_at": now, "decided_by": "system", "reason": reason}
    session.execute(update(Case).where(stale).values(values))


def find(session: Session, case_id: str, *, caller: Caller) -> Case:
    """The case, when it is of one of the caller's shops."""
    case = session.get(Case, case_id)
    if case is None or not caller.may_see(case.shop_id):
        raise NotFound(f"no case {case_id}")
    return case


def close(session: Session, case: Case, *, outcome: str, reason: str, by: str, now: datetime) -> None:
    """Decide an open case, exactly once.

    Raises:
        InvalidInput: unknown outcome, or no reason.
        Conflict: somebody was faster; says who.
    """
    problems = []
    if outcome not in OUTCOMES:
        problems.append(Problem("decision", f"unknown: {outcome}", ", ".join(OUTCOMES)))
    if not reason.strip():
        problems.append(Problem("reason", "is empty", "why, in words the merchant may read"))
    if problems:
        raise InvalidInput("the case cannot be decided so", problems=problems)
    still_open = (Case.id == case.id) & Case.state.in_(OPEN_STATES)
    values = {"state": "decided", "outcome": outcome, "reason": reason, "decided_by": by, "decided_at": now}
    won = session.execute(update(Case).where(still_open).values(values).returning(Case.id)).scalar()
    session.refresh(case)
    if won is None:
        raise Conflict(f"the case is already {case.state} by {case.decided_by}")


def listed(
    session: Session, *, caller: Caller, state: str | None, after: tuple[datetime, str] | None, limit: int
) -> list[Case]:
    """Cases of the caller's shops, oldest due first; ``after`` is the last seen (due_at, id)."""
    found = select(Case).where(caller.only_own(Case.shop_id)).order_by(Case.due_at, Case.id).limit(limit)
    if state is not None:
        found = found.where(Case.state == state)
    if after is not None:
        due_at, case_id = after
        edge = tuple_(literal(due_at, Case.due_at.type), literal(case_id, Case.id.type))
        found = found.where(tuple_(Case.due_at, Case.id) > edge)  # as a pair: one search in the index
    return list(session.scalars(found))
