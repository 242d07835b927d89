"""Contents that were pending when their author was erased: what they said is gone, so no opinion can come any more.

erased ─ pending contents of theirs ─ outcome: what is known, and at least review ─ case, webhook, audit row

They are not passed, because nothing says that they are fine; nor left pending, because whoever waits would for ever.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app import audit, contents
from app.flows.decide_case import announce_outcome
from app.flows.parts import Parts
from app.flows.screening_rows import announce_cases
from app.models import Case, Content, Screening, WaitingScreening, new_id
from app.models.base import ORG
from app.review import cases
from app.values.deciding import Verdict, hardest

WHY = "作者行使删除权，送审原文已删除，无法继续自动审核，须人工到平台核对该内容"
_BY = "erasure"
_SEVERITY = 3


def settle_erased(session: Session, parts: Parts, ref: str, *, now: datetime) -> int:
    """Settle every pending content that was screened for a person; how many there were."""
    mine = (Screening.sealed_for == ref) & (Content.status == "pending")
    found = select(Screening.id).join(Content, Content.screening_id == Screening.id).where(mine)
    return sum(settle_unreadable(session, parts, each, now=now) for each in session.scalars(found).all())


def settle_unreadable(session: Session, parts: Parts, screening_id: str, *, now: datetime) -> bool:
    """Settle the content of a screening that cannot be read any more; False where somebody settled it meanwhile."""
    session.execute(delete(WaitingScreening).where(WaitingScreening.screening_id == screening_id))
    screening = session.get(Screening, screening_id)
    content = None if screening is None else session.get(Content, screening.content_pk, with_for_update=True)
    if screening is None or content is None or content.screening_id != screening_id or content.status != "pending":
        return False
    verdict = hardest([Verdict(content.decision), Verdict.REVIEW])
    contents.set_outcome(session, content, decision=verdict.value, by=_BY, reason=WHY, now=now)
    _open_case(session, parts, content, verdict, now=now)
    announce_outcome(session, content, now=now)
    audit.record(
        session,
        actor="system",
        action="content.unreadable",
        object_type="screening",
        object_id=screening_id,
        shop_id=content.shop_id,
        reason=WHY,
        details={"decision": verdict.value},
        now=now,
    )
    return True


def _open_case(session: Session, parts: Parts, content: Content, verdict: Verdict, *, now: datetime) -> None:
    """A case of it, where none is open yet; whose content it was stands in it no more than in the content."""
    is_open = (Case.content_pk == content.id) & Case.state.in_(cases.OPEN_STATES)
    if session.scalar(select(Case.id).where(is_open).limit(1)) is not None:
        return
    otherwise = parts.settings.review_sla_minutes
    row = {
        "id": new_id(),
        "org_id": ORG,
        "shop_id": content.shop_id,
        "content_pk": content.id,
        "screening_id": content.screening_id,
        "decision": verdict.value,
        "category": "doubt",
        "severity": _SEVERITY,
        "summary": WHY,
        "opened_at": now,
        "due_at": parts.clocks.due_at(now, queue="content", severity=_SEVERITY, otherwise=otherwise),
    }
    session.add(Case(**row))
    session.flush()
    announce_cases(session, [row])
