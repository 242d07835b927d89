"""Verifying the whole log as a job: asked for once a minute at most, its outcome told in an audit row of its own."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app import audit, queue
from app.flows.parts import Parts
from app.flows.verify_audit import verify_audit
from app.queue import Claim

VERIFY_AUDIT = "verify_audit"
VERIFIED = "audit.verify"
_TOLD = 20


def ask_verification(parts: Parts, *, by: str, now: datetime) -> bool:
    """Queue a verification; False when one was asked for within this minute."""
    key = f"{VERIFY_AUDIT}:{now:%Y-%m-%dT%H:%M}"
    added = parts.db.write(
        lambda session: queue.add(
            session, kind=VERIFY_AUDIT, payload={"by": by}, due_at=now, now=now, slot_key=key, max_attempts=2
        )
    )
    return added is not None


def work_verification(parts: Parts, claim: Claim, *, now: datetime) -> None:
    """Verify and write down what was found."""
    report = verify_audit(parts)
    said = [{"what": each.what, "seq": each.seq, "detail": each.detail} for each in report.findings[:_TOLD]]
    details = {
        "is_honest": report.is_honest,
        "rows": report.size,
        "checkpoints": report.checkpoints,
        "outside": report.outside,
        "findings": said,
    }

    def work(session: Session) -> None:
        if queue.finish(session, claim, now=now):
            by = str(claim.payload.get("by", "system"))
            own = {"object_type": "audit_log", "object_id": parts.settings.audit_origin}
            audit.record(session, actor=by, action=VERIFIED, details=details, now=now, **own)

    parts.db.write(work)
