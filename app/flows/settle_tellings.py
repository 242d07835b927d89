"""A decided case settles the contradiction it is about: the telling in force stays so, and money goes on.

decided case ─ what opened it ─ contradicting tellings of one thing: an event of our own says they were weighed
                              └ a freeze of the same rule on the same subject: lifted
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit, effects, event_log
from app.events.payments import TOLD, WEIGHED
from app.events.stored import own_event
from app.events.told_once import AT, ONCE, SETTLES, thing_of, unsettled
from app.flows.choose_telling import SOURCE
from app.flows.line_views import as_happened
from app.flows.parts import Parts
from app.flows.take_event import Fresh, store_fresh
from app.models import Case, Effect, Event, EventDecision, Order, new_id
from app.values.facts import Happened


def lock_tellings(session: Session, case: Case) -> None:
    """Keep others off the time lines behind a case before its row is changed, in the order in which events do it."""
    event_log.lock(session, (event_log.lock_of(row.shop_id, row.root) for row in _openers(session, case)))


def settle_tellings(parts: Parts, session: Session, case: Case, *, by: str, now: datetime) -> None:
    """Settle what the case was opened for, where that is something told otherwise or frozen."""
    for opener in _openers(session, case):
        _lift_freezes(session, opener, case, by=by, now=now)
        if (happened := _event_of(parts, session, opener)) is not None and (thing := thing_of(happened)) is not None:
            _weigh(parts, session, opener, happened, thing, by=by, now=now)


def _openers(session: Session, case: Case) -> Sequence[Effect]:
    """The open effects that stand on the case."""
    own = (Effect.shop_id == case.shop_id) & (Effect.subject_type == case.subject_type)
    mine = own & (Effect.subject == case.subject) & (Effect.state == effects.OPEN) & (Effect.verb == "open_case")
    if case.subject_type is None:
        return ()
    return [row for row in session.scalars(select(Effect).where(mine)) if row.result.get("case_id") == case.id]


def _event_of(parts: Parts, session: Session, opener: Effect) -> Happened | None:
    said = session.get(EventDecision, opener.decision_id)
    if said is None or said.kind not in ONCE:
        return None
    own = (Event.source == said.source) & (Event.event_id == said.event_id)
    row = session.scalar(select(Event).where(own))
    return None if row is None else as_happened(parts.live.current.kinds[row.kind], row)


def _weigh(
    parts: Parts, session: Session, opener: Effect, about: Happened, thing: str, *, by: str, now: datetime
) -> None:
    order_id = opener.root.removeprefix(event_log.ORDER)
    order = session.scalar(select(Order).where(Order.shop_id == opener.shop_id, Order.subject == order_id))
    if order is None or thing not in unsettled(order.payments or {}):
        return
    told = (order.payments or {})[TOLD][thing]
    before = (order.payments or {}).get(WEIGHED, {}).get(thing, {})
    # What stands after the event that opened the case is not in the case's figures; it has a case of its own.
    seen = {key for key, said in told.items() if _place(said) <= about.place}
    at = min(datetime.fromisoformat(said[AT]) for said in told.values()) - timedelta(microseconds=1)
    facts = {"order_id": order_id, "thing": thing, "among": sorted(seen.union(before.get("among", ())))}
    facts |= {"counts": before["counts"]} if before.get("counts") else {}
    happened = Happened(SETTLES, f"weighed:{new_id()}", SOURCE, opener.shop_id, order_id, at, facts)
    store_fresh(session, [Fresh(parts, own_event(happened), by, now, is_heard=False)])


def _place(said: Mapping[str, Any]) -> tuple[datetime, str, str]:
    return datetime.fromisoformat(said[AT]), said["source"], said["event"]


def _lift_freezes(session: Session, opener: Effect, case: Case, *, by: str, now: datetime) -> None:
    same = (Effect.shop_id == opener.shop_id) & (Effect.rule == opener.rule) & (Effect.occasion == opener.occasion)
    subject = (Effect.subject_type == opener.subject_type) & (Effect.subject == opener.subject)
    frozen = same & subject & (Effect.verb == "freeze") & (Effect.state == effects.OPEN)
    for row in session.scalars(select(Effect).where(frozen)).all():
        effects.lift(session, row, by=by, reason=(case.reason or "")[:500], now=now)
        audit.record(
            session,
            actor=by,
            action="subject.unfreeze",
            object_type=row.subject_type,
            object_id=row.subject,
            shop_id=row.shop_id,
            reason=case.reason,
            details={"rule": row.rule, "freeze": row.id, "case": case.id},
            now=now,
        )
