"""The stop switch: thrown by one, for all payouts, one shop's or one cause's; ended only with a second person."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from app.errors import Conflict, InvalidInput, NotFound, Problem
from app.models import Claim, PayoutStop
from app.models.base import ORG
from app.money.causes import cause_of

SCOPES = ("all", "shop", "cause")


def throw(session: Session, *, scope: str, value: str, reason: str, by: str, now: datetime) -> PayoutStop:
    """Stop; stopping again what is stopped gives the stop there is. Raises InvalidInput."""
    if scope not in SCOPES or bool(value) is (scope == "all"):
        problem = Problem("scope", f"{scope} {value}".strip(), "all, or shop or cause with its name")
        raise InvalidInput("停付范围有误", problems=[problem])
    if scope == "cause":
        cause_of(value)
    if not reason.strip():
        raise InvalidInput("停付须说明原因", problems=[Problem("reason", "is empty", "why")])
    standing = (PayoutStop.scope == scope) & (PayoutStop.value == value) & PayoutStop.lifted_at.is_(None)
    if (known := session.scalar(select(PayoutStop).where(PayoutStop.org_id == ORG, standing))) is not None:
        return known
    row = PayoutStop(scope=scope, value=value, thrown_at=now, thrown_by=by, reason=reason.strip())
    session.add(row)
    session.flush()
    return row


def standing(session: Session) -> list[PayoutStop]:
    """Every stop in force, oldest first."""
    own = select(PayoutStop).where(PayoutStop.org_id == ORG, PayoutStop.lifted_at.is_(None))
    return list(session.scalars(own.order_by(PayoutStop.thrown_at, PayoutStop.id)))


def find(session: Session, stop_id: str) -> PayoutStop:
    """One stop; raises NotFound."""
    row = session.get(PayoutStop, stop_id)
    if row is None:
        raise NotFound(f"没有停付记录 {stop_id}")
    return row


def stops(session: Session, claim: Claim) -> bool:
    """Whether a stop in force is about this claim."""
    about = or_(
        PayoutStop.scope == "all",
        (PayoutStop.scope == "shop") & (PayoutStop.value == claim.shop_id),
        (PayoutStop.scope == "cause") & (PayoutStop.value == claim.cause),
    )
    found = select(PayoutStop.id).where(PayoutStop.org_id == ORG, PayoutStop.lifted_at.is_(None), about)
    return session.scalar(found.limit(1)) is not None


def lift(session: Session, stop_id: str, *, by: str, now: datetime) -> PayoutStop:
    """End a stop, exactly once; who may is the flow's to check."""
    row = find(session, stop_id)
    won = session.execute(
        update(PayoutStop)
        .where(PayoutStop.id == stop_id, PayoutStop.lifted_at.is_(None))
        .values(lifted_at=now, lifted_by=by)
        .returning(PayoutStop.id)
    ).scalar()
    session.refresh(row)
    if won is None:
        raise Conflict(f"已由 {row.lifted_by} 恢复")
    return row
