"""Approvals: what waits for a second person. Whoever asked never decides."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.errors import Conflict, InvalidInput, NotFound, SamePerson
from app.models import Approval


def ask(
    session: Session,
    *,
    action: str,
    object_id: str,
    payload: dict[str, Any],
    reason: str,
    by: str,
    now: datetime,
    expires_at: datetime | None = None,
) -> Approval:
    """Open a request for a second person; a reason is required."""
    if not reason.strip():
        raise InvalidInput("an approval needs a reason")
    approval = Approval(
        action=action,
        object_id=object_id,
        payload=payload,
        reason=reason,
        requested_by=by,
        requested_at=now,
        expires_at=expires_at,
    )
    session.add(approval)
    session.flush()
    return approval


def decide(session: Session, approval_id: str, *, approve: bool, reason: str, by: str, now: datetime) -> Approval:
    """Approve or refuse, exactly once.

    Raises:
        NotFound: no such request.
        SamePerson: the decider is the asker.
        Conflict: already decided or expired; says by whom.
    """
    approval = session.get(Approval, approval_id)
    if approval is None:
        raise NotFound(f"no approval {approval_id}")
    if is_same_person(approval.requested_by, by):
        raise SamePerson
    if approval.expires_at is not None and approval.expires_at <= now:
        raise Conflict("the request expired")
    return _end(session, approval, state="approved" if approve else "refused", reason=reason, by=by, now=now)


def withdraw(session: Session, approval_id: str, *, reason: str, by: str, now: datetime) -> Approval:
    """Take a request back, exactly once; who may is the caller's to say. Raises NotFound, or Conflict as ``decide``."""
    approval = session.get(Approval, approval_id)
    if approval is None:
        raise NotFound(f"no approval {approval_id}")
    return _end(session, approval, state="withdrawn", reason=reason, by=by, now=now)


def ended_since(session: Session, *, action: str, states: Collection[str], since: datetime) -> list[Approval]:
    """Requests of an action that came to one of these ends since then, newest first."""
    about = (Approval.action == action) & Approval.state.in_(states) & (Approval.decided_at >= since)
    return list(session.scalars(select(Approval).where(about).order_by(Approval.decided_at.desc(), Approval.id.desc())))


def newest_of(session: Session, *, action: str, object_id: str) -> Approval | None:
    """The last request of an action on an object, in whatever state."""
    about = (Approval.action == action) & (Approval.object_id == object_id)
    return session.scalars(
        select(Approval).where(about).order_by(Approval.requested_at.desc(), Approval.id.desc())
    ).first()


def supersede(session: Session, approval: Approval, *, now: datetime) -> None:
    """Close a waiting request that nobody can sensibly decide any more."""
    if approval.state == "waiting":
        approval.state, approval.decided_at = "superseded", now
        session.flush()


def waiting(session: Session) -> list[Approval]:
    """Requests nobody has decided, oldest first."""
    return list(session.scalars(select(Approval).where(Approval.state == "waiting").order_by(Approval.requested_at)))


def is_same_person(one: str, other: str) -> bool:
    """Whether two actors count as one person: a second name is no second person."""
    return _person(one) == _person(other)


def _end(session: Session, approval: Approval, *, state: str, reason: str, by: str, now: datetime) -> Approval:
    won = session.execute(
        update(Approval)
        .where(Approval.id == approval.id, Approval.state == "waiting")
        .values(state=state, decided_by=by, decided_at=now, decision_reason=reason or None)
        .returning(Approval.id)
    ).scalar()
    session.refresh(approval)
    if won is None:
        raise Conflict(f"already {approval.state} by {approval.decided_by}")
    return approval


def _person(actor: str) -> str:
    """``lin`` of ``officer:lin`` and of ``key:lin``."""
    return actor.partition(":")[2] or actor
