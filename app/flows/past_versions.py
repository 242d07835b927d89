"""The versions that took force, newest first: who asked and why, who approved, and what was in force before each.

A version is a taking of force, as the audit log has it: going back to earlier files is a new one with its own reason.
What took force without an audit row (a database filled by a program of its own) is told by what its snapshot says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import snapshots
from app.flows.propose_snapshot import ACTION
from app.models import Approval, AuditRow, Snapshot

WITHOUT = "snapshot.accept_without"


@dataclass(frozen=True, slots=True)
class Version:
    """One taking of force; ``before`` is the snapshot it followed, None for the first and where that is not known.

    Without a second person ``approved_by`` is None. ``reason`` is the asker's, ``approval`` the second person's.
    """

    snapshot_id: str
    at: datetime
    asked_by: str
    reason: str | None
    approved_by: str | None = None
    approval: str | None = None
    goes_back: bool = False
    before: str | None = None


def past_versions(session: Session, kind: str, *, limit: int, of: str | None = None) -> list[Version]:
    """The newest ``limit`` of a kind; with ``of`` those of one snapshot."""
    rows = _rows(session, kind, limit=limit + 1)
    asked = _approvals(session, rows)
    found = [_version(row, asked.get((_asked_for(row), row.at))) for row in rows]
    found += _unrecorded(session, kind, limit=limit + 1)
    found.sort(key=lambda each: each.at, reverse=True)
    whole = [replace(each, before=older.snapshot_id) for each, older in pairwise(found)] + found[-1:]
    return [each for each in whole[:limit] if of is None or each.snapshot_id == of]


def _rows(session: Session, kind: str, *, limit: int) -> Sequence[AuditRow]:
    took = AuditRow.action.in_([ACTION, WITHOUT]) & (AuditRow.object_type == kind)
    return session.scalars(select(AuditRow).where(took).order_by(AuditRow.id.desc()).limit(limit)).all()


def _asked_for(row: AuditRow) -> str:
    """The candidate that was decided: less its words it is another snapshot."""
    return str(row.details["of"]) if row.action == WITHOUT else row.object_id


def _approvals(session: Session, rows: Sequence[AuditRow]) -> dict[tuple[str, datetime], Approval]:
    ids = {_asked_for(row) for row in rows if "proposed_by" in row.details}
    approved = (Approval.action == ACTION) & (Approval.state == "approved") & Approval.object_id.in_(ids)
    found = session.scalars(select(Approval).where(approved))
    return {(each.object_id, each.decided_at): each for each in found if each.decided_at is not None}


def _version(row: AuditRow, asked: Approval | None) -> Version:
    if asked is None:
        return Version(row.object_id, row.at, row.actor, row.reason, goes_back=bool(row.details.get("goes_back")))
    return Version(
        row.object_id,
        row.at,
        asked.requested_by,
        asked.reason,
        approved_by=row.actor,
        approval=row.reason,
        goes_back=bool(asked.payload.get("goes_back")),
    )


def _unrecorded(session: Session, kind: str, *, limit: int) -> list[Version]:
    """Snapshots that took force for the first time before any row says so."""
    found = snapshots.once_in_force(session, kind, limit=limit)
    ids = [each.id for each in found]
    took = AuditRow.action.in_([ACTION, WITHOUT]) & (AuditRow.object_type == kind) & AuditRow.object_id.in_(ids)
    first = select(AuditRow.object_id, func.min(AuditRow.at)).where(took).group_by(AuditRow.object_id)
    told = {row[0]: row[1] for row in session.execute(first)}
    return [_by_itself(each) for each in found if each.id not in told or _since(each) < told[each.id]]


def _since(snapshot: Snapshot) -> datetime:
    return snapshot.first_active_at or snapshot.created_at


def _by_itself(snapshot: Snapshot) -> Version:
    return Version(snapshot.id, _since(snapshot), snapshot.proposed_by, None)
