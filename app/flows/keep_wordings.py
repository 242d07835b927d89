"""What merchants are told with an outcome changes by two people: one proposes, another approves.

proposed ─ audit ─ another person? ─ approved: the next decision uses it │ refused
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app import approvals, audit
from app.errors import Forbidden, SamePerson
from app.flows.parts import Parts
from app.models import Case, Wording
from app.review import wordings
from app.review.claiming import SENIORS
from app.values.access import Caller, Role

AUTHORS = SENIORS | {Role.RULE_AUTHOR}


def propose_wording(
    parts: Parts, *, outcome: str, policy: str, text: str, reason: str, caller: Caller, now: datetime
) -> Wording:
    """Propose the next version.

    Raises:
        Forbidden: no senior, rule author or administrator, or bound to shops: a wording is told in all of them.
        InvalidInput, Conflict: as ``wordings.propose``.
    """
    _need(caller, AUTHORS)

    def work(session: Session) -> Wording:
        said: dict[str, Any] = {"outcome": outcome, "policy": policy, "text": text, "reason": reason}
        row = wordings.propose(session, **said, by=caller.name, now=now)
        _record(session, row, "wording.propose", reason, caller.name, now)
        return row

    return parts.db.write(work)


def decide_wording(
    parts: Parts, wording_id: str, *, approve: bool, reason: str, caller: Caller, now: datetime
) -> Wording:
    """Approve or refuse a waiting version; never one's own.

    Raises:
        NotFound, Forbidden, InvalidInput, Conflict: no such wording, not allowed or their own, no reason, decided.
    """
    _need(caller, SENIORS)

    def work(session: Session) -> Wording:
        row = wordings.find(session, wording_id)
        if approvals.is_same_person(row.proposed_by, caller.name):
            raise SamePerson("a wording is approved by somebody else than its author")
        wordings.decide(session, row, approve=approve, reason=reason, by=caller.name, now=now)
        _record(session, row, "wording.approve" if approve else "wording.refuse", reason, caller.name, now)
        return row

    return parts.db.write(work)


def wording_of(session: Session, case: Case) -> Wording | None:
    """What the merchant is told with a case's decision."""
    return None if case.wording_id is None else session.get(Wording, case.wording_id)


def _need(caller: Caller, grants: frozenset[str]) -> None:
    if not caller.grants & grants:
        raise Forbidden(f"wordings need one of {', '.join(sorted(grants))}")
    if caller.shop_ids is not None:
        raise Forbidden(f"{caller.name} is bound to shops, and a wording is told in all of them")


def _record(session: Session, row: Wording, action: str, reason: str, by: str, now: datetime) -> None:
    details = {"outcome": row.outcome, "policy": row.policy, "version": row.version}
    about: dict[str, Any] = {"object_type": "wording", "object_id": row.id, "reason": reason}
    audit.record(session, actor=by, action=action, details=details, now=now, **about)
