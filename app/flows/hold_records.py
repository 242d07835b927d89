"""Legal holds: placing and releasing one, on record. A hold beats both pruning and erasure."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app import audit
from app.flows.parts import Parts
from app.models import LegalHold
from app.text.personal_data import without_personal
from app.values.access import Caller
from app.vault import holds


def place_hold(
    parts: Parts,
    *,
    object_type: str,
    object_id: str,
    reason: str,
    owner: str,
    ends_at: datetime,
    caller: Caller,
    now: datetime,
) -> LegalHold:
    """Keep an object from being pruned or erased until ``ends_at``; raises InvalidInput."""

    def work(session: Session) -> LegalHold:
        hold = holds.place(
            session,
            object_type=object_type,
            object_id=object_id,
            reason=without_personal(reason),
            owner=owner,
            ends_at=ends_at,
            by=caller.name,
            now=now,
        )
        _record(session, "hold.place", hold, hold.reason, caller, now=now)
        return hold

    return parts.db.write(work)


def release_hold(parts: Parts, hold_id: str, *, reason: str, caller: Caller, now: datetime) -> LegalHold:
    """End a hold before its time; raises NotFound, Conflict, InvalidInput."""

    def work(session: Session) -> LegalHold:
        hold = holds.release(session, hold_id, reason=without_personal(reason), by=caller.name, now=now)
        _record(session, "hold.release", hold, without_personal(reason), caller, now=now)
        return hold

    return parts.db.write(work)


def _record(session: Session, action: str, hold: LegalHold, reason: str, caller: Caller, *, now: datetime) -> None:
    audit.record(
        session,
        actor=caller.name,
        action=action,
        object_type=hold.object_type,
        object_id=hold.object_id,
        reason=reason,
        details={"hold": hold.id, "owner": hold.owner, "ends_at": hold.ends_at.isoformat()},
        now=now,
    )
