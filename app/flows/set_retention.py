"""Changing how long a kind of record is kept, on record."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app import audit
from app.flows.parts import Parts
from app.text.personal_data import without_personal
from app.values.access import Caller
from app.vault import retention
from app.vault.retention import Period


def set_retention(parts: Parts, kind: str, *, days: int, reason: str, caller: Caller, now: datetime) -> Period:
    """Keep a kind for another number of days; raises NotFound, InvalidInput (also when the law asks for more)."""

    def work(session: Session) -> Period:
        said = without_personal(reason)
        period = retention.set_period(session, kind, days=days, reason=said, by=caller.name, now=now)
        audit.record(
            session,
            actor=caller.name,
            action="retention.set",
            object_type="record_kind",
            object_id=kind,
            reason=said,
            details={"days": days},
            now=now,
        )
        return period

    return parts.db.write(work)
