"""A person lifts a freeze that a rule laid on an order or a split, and says why; the rule may not lay it again.

It stays lifted while the rule goes on asking for the same by the same figures; what it asks by other figures is new.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from app import audit, effects
from app.errors import Conflict, InvalidInput, NotFound, Problem
from app.flows.parts import Parts
from app.models import Effect
from app.models.base import ORG
from app.values.access import Caller

VERB = "freeze"


def freezes(
    session: Session, *, caller: Caller, before: tuple[datetime, str] | None = None, limit: int = 50
) -> Sequence[Effect]:
    """The freezes that stand in the caller's shops, newest first; ``before`` is the last one seen."""
    own = (Effect.org_id == ORG) & caller.only_own(Effect.shop_id) & (Effect.verb == VERB)
    query = select(Effect).where(own, Effect.state == effects.OPEN)
    if before is not None:
        query = query.where(tuple_(Effect.opened_at, Effect.id) < before)
    return session.scalars(query.order_by(Effect.opened_at.desc(), Effect.id.desc()).limit(limit)).all()


def lift_freeze(parts: Parts, freeze_id: str, *, reason: str, caller: Caller, now: datetime) -> Effect:
    """Lift one.

    Raises:
        NotFound: no such freeze in the caller's shops.
        Conflict: it does not stand any more.
        InvalidInput: no reason.
    """
    if not reason.strip():
        raise InvalidInput("须说明理由", problems=[Problem("reason", "is empty", "why it may be shared or paid again")])

    def work(session: Session) -> Effect:
        row = session.get(Effect, freeze_id, with_for_update=True)
        if row is None or row.verb != VERB or not caller.may_see(row.shop_id):
            raise NotFound(f"没有冻结 {freeze_id}")
        if row.state != effects.OPEN:
            raise Conflict(f"冻结已于此前解除（{row.state}{'，' + row.lifted_by if row.lifted_by else ''}）")
        effects.lift(session, row, by=caller.name, reason=reason.strip(), now=now)
        audit.record(
            session,
            actor=caller.name,
            action="subject.unfreeze",
            object_type=row.subject_type,
            object_id=row.subject,
            shop_id=row.shop_id,
            reason=reason,
            details={"rule": row.rule, "freeze": row.id},
            now=now,
        )
        return row

    return parts.db.write(work)
