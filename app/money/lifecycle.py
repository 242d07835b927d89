"""A claim's steps: which may follow which, each taken by exactly one of those who try, each written down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.errors import Conflict, NotFound
from app.models import Claim, ClaimStep
from app.values.access import Caller
from app.values.claiming import Doubt, State

_NEXT: dict[State, frozenset[State]] = {
    State.OPENED: frozenset({State.ASSESSED, State.REJECTED, State.VOIDED}),
    State.ASSESSED: frozenset({State.APPROVED, State.REJECTED, State.VOIDED}),
    State.APPROVED: frozenset({State.PAYING, State.REJECTED, State.VOIDED, State.ASSESSED}),
    State.PAYING: frozenset({State.PAID, State.FAILED, State.APPROVED, State.VOIDED}),
    State.FAILED: frozenset({State.APPROVED, State.REJECTED, State.VOIDED}),
    State.PAID: frozenset({State.RECOVERING, State.WRITTEN_OFF}),
    State.RECOVERING: frozenset({State.RECOVERED, State.WRITTEN_OFF}),
    State.RECOVERED: frozenset({State.WRITTEN_OFF}),
    State.WRITTEN_OFF: frozenset(),
    State.REJECTED: frozenset({State.ASSESSED}),
    State.VOIDED: frozenset({State.ASSESSED}),
}


def move(
    session: Session,
    claim: Claim,
    to: State,
    *,
    by: str,
    reason: str,
    now: datetime,
    details: Mapping[str, Any] | None = None,
    **values: Any,
) -> None:
    """Take one step; raises Conflict when it may not follow, or somebody took another one meanwhile."""
    at = State(claim.state)
    if to not in _NEXT[at]:
        raise Conflict(f"理赔单 {claim.id} 现为 {at}，不能变为 {to}")
    won = session.execute(
        update(Claim)
        .where(Claim.id == claim.id, Claim.state == at.value)
        .values(state=to.value, changed_at=now, **values)
        .returning(Claim.id)
        .execution_options(synchronize_session=False)
    ).scalar()
    if won is None:
        session.refresh(claim)
        raise Conflict(f"理赔单 {claim.id} 已被他人变为 {claim.state}")
    session.refresh(claim)
    note(session, claim, at, by=by, reason=reason, now=now, details=details)


def note(
    session: Session,
    claim: Claim,
    came_from: State | None,
    *,
    by: str,
    reason: str,
    now: datetime,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write a step down; with the state unchanged it is a remark."""
    session.add(
        ClaimStep(
            claim_id=claim.id,
            at=now,
            from_state=came_from.value if came_from else None,
            to_state=claim.state,
            actor=by,
            reason=reason,
            details=dict(details or {}),
        )
    )
    session.flush()


def hold(
    session: Session,
    claim: Claim,
    doubts: Iterable[Doubt],
    *,
    needs_person: bool,
    by: str,
    now: datetime,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Say what keeps the money; written down when it is not what was said before."""
    told = sorted({str(doubt) for doubt in doubts})
    if told == claim.waits_for and needs_person is claim.needs_person:
        return
    claim.waits_for, claim.needs_person, claim.changed_at = told, needs_person, now
    note(
        session,
        claim,
        State(claim.state),
        by=by,
        reason="暂不付款" if told else "可付款",
        now=now,
        details={"waits_for": told, **(details or {})},
    )


def find(session: Session, claim_id: str, *, caller: Caller, lock: bool = False) -> Claim:
    """A claim of the caller's shops; raises NotFound."""
    query = select(Claim).where(Claim.id == claim_id, caller.only_own(Claim.shop_id))
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound(f"没有理赔单 {claim_id}")
    return found


def steps(session: Session, claim_id: str) -> list[ClaimStep]:
    """A claim's life so far, oldest first."""
    own = select(ClaimStep).where(ClaimStep.claim_id == claim_id)
    return list(session.scalars(own.order_by(ClaimStep.at, ClaimStep.id)))
