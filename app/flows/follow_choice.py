"""What follows from a person's choice between tellings is put on record: what fell, what stands again, what stays.

The line has been judged anew by then: effects that only a lost telling asked for are withdrawn, those of the chosen one
are there. A case that a person has decided stays as they decided it, and bears a mark that it has lost its ground.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app import audit, effects
from app.event_log import ORDER
from app.models import Case, Effect, Order

FELL, STANDS = "case.unfounded", "case.founded"
"""Marks on cases in the audit log: what opened it does not count any more, or counts again."""
REJUDGED = "order.rejudged"


def standing(session: Session, order: Order) -> Mapping[str, str]:
    """The state of each effect of an order's line, by its key."""
    return {row.id: row.state for row in _effects(session, order)}


def follow_choice(
    session: Session, order: Order, before: Mapping[str, str], *, by: str, reason: str, now: datetime
) -> None:
    """Record what changed since ``before``, on the order and on each case."""
    rows = _effects(session, order)
    fell = [row for row in rows if before.get(row.id) == effects.OPEN and row.state == effects.WITHDRAWN]
    stands = [row for row in rows if before.get(row.id) != effects.OPEN and row.state == effects.OPEN]
    if not fell and not stands:
        return
    details: dict[str, Any] = {"withdrawn": [_said(row) for row in fell], "open": [_said(row) for row in stands]}
    _record(session, REJUDGED, order.shop_id, "order", order.subject, details, by=by, reason=reason, now=now)
    kept = _case_ids(row for row in rows if row.state == effects.OPEN)
    marks = [(FELL, sorted(_case_ids(fell) - kept)), (STANDS, sorted(_case_ids(stands)))]
    for action, case_ids in marks:
        for case_id in case_ids:
            if (case := session.get(Case, case_id)) is None:
                continue
            session.refresh(case)
            details = {"order_id": order.subject, "state": case.state, "outcome": case.outcome}
            _record(session, action, case.shop_id, "case", case.id, details, by=by, reason=reason, now=now)


def _effects(session: Session, order: Order) -> Sequence[Effect]:
    return list(effects.of_root(session, order.shop_id, f"{ORDER}{order.subject}").values())


def _case_ids(rows: Any) -> set[str]:
    return {str(row.result["case_id"]) for row in rows if "case_id" in row.result}


def _said(row: Effect) -> dict[str, Any]:
    told = {"rule": row.rule, "verb": row.verb, "subject_type": row.subject_type, "subject": row.subject}
    return told | {name: row.result[name] for name in ("case_id", "claim_id") if name in row.result}


def _record(
    session: Session,
    action: str,
    shop_id: str,
    object_type: str,
    object_id: str,
    details: dict[str, Any],
    *,
    by: str,
    reason: str,
    now: datetime,
) -> None:
    audit.record(
        session,
        actor=by,
        action=action,
        object_type=object_type,
        object_id=object_id,
        shop_id=shop_id,
        reason=reason,
        details=details,
        now=now,
    )
