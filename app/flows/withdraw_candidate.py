"""Whoever proposed a candidate that waits takes it back, whatever took force since.

the waiting request ─ did this person propose it, or part of it? ─ one unit of work: withdraw, settle own words, record

Of wordlists that several people proposed together only one's own words go; the rest is made anew by a refresh.
"""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from app import approvals, audit
from app.errors import Forbidden
from app.flows.decide_candidate import find_waiting, note_waiting
from app.flows.parts import Parts
from app.flows.settle_source import settle_withdrawn
from app.models import Approval

ACTION = "snapshot.withdraw"
_PEOPLE = ("officer:", "key:")
_log = structlog.get_logger(__name__)


def withdraw_candidate(parts: Parts, snapshot_id: str, *, reason: str, by: str, now: datetime) -> Approval:
    """Withdraw a candidate; the reason may be empty.

    Raises:
        NotFound: no such snapshot.
        Conflict: it does not wait, or somebody decided it first.
        Forbidden: somebody else proposed it.
    """
    snapshot, asked = find_waiting(parts, snapshot_id)
    if not has_proposed(asked, by):
        raise Forbidden("only whoever proposed a candidate may withdraw it")

    def work(session: Session) -> Approval:
        withdrawn = approvals.withdraw(session, asked.id, reason=reason, by=by, now=now)
        settle_withdrawn(session, snapshot_id, by=by, now=now)
        audit.record(
            session,
            actor=by,
            action=ACTION,
            object_type=snapshot.kind,
            object_id=snapshot_id,
            now=now,
            reason=reason or None,
            details={"proposed_by": asked.requested_by, "rules": asked.payload["rules"]},
        )
        return withdrawn

    withdrawn = parts.db.write(work)
    note_waiting(parts, snapshot.kind)
    _log.info("snapshot_withdrawn", kind=snapshot.kind, snapshot=snapshot_id, by=by)
    return withdrawn


def has_proposed(asked: Approval, actor: str) -> bool:
    """Whether a person proposed a candidate or part of it; what a folder or a source proposed is nobody's own."""
    people = asked.payload.get("proposers") or [asked.requested_by]
    return any(each.startswith(_PEOPLE) and approvals.is_same_person(each, actor) for each in people)
