"""Putting a label on a shop or an author, and taking a strike or a label back; both on record."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app import audit
from app.errors import Forbidden, InvalidInput, NotFound, Problem
from app.flows.parts import Parts
from app.models import EntityMark
from app.review import marks
from app.review.claiming import DECIDERS, SENIORS
from app.values.access import Caller


def label_entity(
    parts: Parts,
    *,
    shop_id: str,
    entity_type: str,
    entity_id: str,
    value: str,
    reason: str,
    days: int,
    caller: Caller,
    now: datetime,
    case_id: str | None = None,
) -> EntityMark:
    """Put a label on for so many days.

    Raises:
        InvalidInput: what is wrong with it.
        Forbidden: the caller decides no cases, or is not bound to the shop.
    """
    if not caller.grants & DECIDERS:
        raise Forbidden(f"labels need one of {', '.join(sorted(DECIDERS))}")
    caller.require_shop(shop_id)
    if entity_type == "shop":
        entity_id = shop_id

    def work(session: Session) -> EntityMark:
        about = {"shop_id": shop_id, "entity_type": entity_type, "entity_id": entity_id}
        until = now + timedelta(days=max(0, min(days, 100_000)))
        mark = marks.label(session, **about, value=value, reason=reason, by=caller.name, expires_at=until, now=now)
        details = {"label": mark.value, "until": until.isoformat(), "entity_type": entity_type, "mark_id": mark.id}
        audit.record(
            session,
            actor=caller.name,
            action="case.label_entity" if case_id else "entity.label",
            object_type="case" if case_id else "entity",
            object_id=case_id or f"{entity_type}:{entity_id}"[:200],
            shop_id=shop_id,
            reason=reason,
            details=details,
            now=now,
        )
        return mark

    return parts.db.write(work)


def void_mark(parts: Parts, mark_id: str, *, reason: str, caller: Caller, now: datetime) -> EntityMark:
    """Take a strike or a label back; seniors do that.

    Raises:
        NotFound: no such mark in the caller's shops.
        Forbidden: not a senior.
        InvalidInput: no reason.
    """
    if not caller.grants & SENIORS:
        raise Forbidden(f"taking marks back needs one of {', '.join(sorted(SENIORS))}")
    if not reason.strip():
        raise InvalidInput("this needs a reason", problems=[Problem("reason", "is empty", "why")])

    def work(session: Session) -> EntityMark:
        found = session.get(EntityMark, mark_id)
        if found is None or not caller.may_see(found.shop_id):
            raise NotFound(f"no mark {mark_id}")
        mark = marks.void(session, mark_id, by=caller.name, now=now)
        audit.record(
            session,
            actor=caller.name,
            action="entity.void_mark",
            object_type="entity",
            object_id=f"{mark.entity_type}:{mark.entity_id}"[:200],
            shop_id=mark.shop_id,
            reason=reason,
            details={"mark_id": mark.id, "kind": mark.kind, "points": mark.points},
            now=now,
        )
        return mark

    return parts.db.write(work)
