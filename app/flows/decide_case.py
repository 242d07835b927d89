"""Deciding a case: close it once, make the content's outcome follow, tell the uploader's webhook.

case (of the caller's shops) ─ still open? ─ close ─ content outcome ─ audit row ─ outbox
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app import audit, contents
from app.flows.parts import Parts
from app.models import Case, Content
from app.outbox.messages import announce
from app.review import cases
from app.values.access import Caller


def decide_case(parts: Parts, case_id: str, *, outcome: str, reason: str, caller: Caller, now: datetime) -> Case:
    """Decide ``pass``, ``label`` or ``block`` with a reason.

    Raises:
        NotFound: no such case in the caller's shops.
        Conflict: somebody was faster, or the content has been replaced.
        InvalidInput: unknown outcome or no reason.
    """

    def work(session: Session) -> Case:
        case = cases.find(session, case_id, caller=caller)
        cases.close(session, case, outcome=outcome, reason=reason, by=caller.name, now=now)
        content = session.get(Content, case.content_pk, with_for_update=True) if case.content_pk else None
        if content is not None and content.screening_id == case.screening_id:
            contents.set_outcome(session, content, decision=outcome, by=caller.name, reason=reason, now=now)
            announce_outcome(session, content, now=now)
        audit.record(
            session,
            actor=caller.name,
            action="case.decide",
            object_type="case",
            object_id=case.id,
            shop_id=case.shop_id,
            reason=reason,
            details={"outcome": outcome, "screening_id": case.screening_id},
            now=now,
        )
        return case

    return parts.db.write(work)


def announce_outcome(session: Session, content: Content, *, now: datetime) -> None:
    """Tell the webhooks a content's outcome, identifiers only."""
    said = {
        "content_id": content.content_id,
        "shop_id": content.shop_id,
        "version": content.version,
        "screening_id": content.screening_id,
        "decision": content.decision,
        "by": content.outcome_by.partition(":")[0],
        "at": content.outcome_at.isoformat(),
    }
    natural_key = f"outcome:{content.screening_id}:{content.outcome_at.timestamp()}"
    announce(session, type_="content.outcome", natural_key=natural_key, shop_id=content.shop_id, data=said, now=now)
