"""Wordings: proposed by one person, approved by another, and looked up by outcome and policy, the exact one first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.errors import Conflict, InvalidInput, NotFound, Problem
from app.models import Wording
from app.review.cases import OUTCOMES

TEXT_MAX, POLICY_MAX = 2_000, 100
STATES = ("waiting", "approved", "refused")


def propose(session: Session, *, outcome: str, policy: str, text: str, reason: str, by: str, now: datetime) -> Wording:
    """The next version, to be approved; an empty text ends the one in force.

    Raises:
        InvalidInput: naming everything that is wrong.
        Conflict: another version waits, or the text is the one in force.
    """
    problems = []
    if outcome not in OUTCOMES:
        problems.append(Problem("outcome", f"unknown: {outcome}", ", ".join(OUTCOMES)))
    if len(policy) > POLICY_MAX:
        problems.append(Problem("policy", f"{len(policy)} characters", f"at most {POLICY_MAX}"))
    if len(text) > TEXT_MAX:
        problems.append(Problem("text", f"{len(text)} characters", f"at most {TEXT_MAX}"))
    if not reason.strip():
        problems.append(Problem("reason", "is empty", "why it changes"))
    if problems:
        raise InvalidInput("the wording is wrong", problems=problems)
    same = (Wording.outcome == outcome) & (Wording.policy == policy)
    if session.scalar(select(Wording.id).where(same, Wording.state == "waiting")) is not None:
        raise Conflict("another version of this wording waits for approval")
    present = newest(session, outcome, policy)
    if (present.text if present else "") == text.strip():
        raise Conflict("this is the wording in force" if text.strip() else "there is no wording to end")
    version = (session.scalar(select(func.max(Wording.version)).where(same)) or 0) + 1
    row = Wording(
        outcome=outcome,
        policy=policy,
        version=version,
        text=text.strip(),
        reason=reason.strip(),
        proposed_by=by,
        proposed_at=now,
    )
    session.add(row)
    session.flush()
    return row


def find(session: Session, wording_id: str) -> Wording:
    """One version; raises NotFound."""
    row = session.get(Wording, wording_id)
    if row is None:
        raise NotFound(f"no wording {wording_id}")
    return row


def decide(session: Session, row: Wording, *, approve: bool, reason: str, by: str, now: datetime) -> None:
    """Approve or refuse a waiting version; raises InvalidInput without a reason, Conflict when it waits no more."""
    if not reason.strip():
        raise InvalidInput("this needs a reason", problems=[Problem("reason", "is empty", "why")])
    said = {"state": "approved" if approve else "refused", "decided_by": by, "decided_at": now}
    waits = (Wording.id == row.id) & (Wording.state == "waiting")
    decided = update(Wording).where(waits).values(**said, decided_reason=reason.strip()).returning(Wording.id)
    won = session.execute(decided).scalar()
    session.refresh(row)
    if won is None:
        raise Conflict(f"the wording is already {row.state} by {row.decided_by}")


def newest(session: Session, outcome: str, policy: str) -> Wording | None:
    """The approved version with the highest number of exactly that outcome and policy."""
    same = (Wording.state == "approved") & (Wording.outcome == outcome) & (Wording.policy == policy)
    return session.scalar(select(Wording).where(same).order_by(Wording.version.desc()).limit(1))


def in_force(session: Session, outcome: str, policy: str | None) -> Wording | None:
    """What a merchant is told: the policy's own wording, else the outcome's; None where there is none."""
    for each in dict.fromkeys((policy or "", "")):
        row = newest(session, outcome, each)
        if row is not None and row.text:
            return row
    return None


def by_outcome(session: Session, policy: str | None) -> Mapping[str, Wording]:
    """What would be told with each outcome under a policy."""
    found = {outcome: in_force(session, outcome, policy) for outcome in OUTCOMES}
    return {outcome: row for outcome, row in found.items() if row is not None}


def listed(
    session: Session, *, state: str | None = None, outcome: str | None = None, before: str | None = None, limit: int
) -> Sequence[Wording]:
    """Versions, the newest first, older than the version ``before``."""
    wanted = select(Wording).order_by(Wording.id.desc()).limit(limit)
    if state is not None:
        wanted = wanted.where(Wording.state == state)
    if outcome is not None:
        wanted = wanted.where(Wording.outcome == outcome)
    if before is not None:
        wanted = wanted.where(Wording.id < before)
    return session.scalars(wanted).all()


def told(row: Wording | None) -> dict[str, Any] | None:
    """A wording as it is told to others."""
    return None if row is None else {"id": row.id, "version": row.version, "text": row.text}
