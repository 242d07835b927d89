"""Whether a parcel's trace contradicts itself: versions that go back, or a parcel that is less far than it was.

By when things happened, never by when they were told: traces that arrive late are put in their place first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Event, EventRoot
from app.values.facts import Happened
from app.values.policy import Policy

FACTS = ("past.trace_version_back", "past.trace_went_back")
PARAMETERS = ()
_STEPS = {"waiting": 0, "assigned": 1, "pick_up_failed": 1, "picked_up": 2, "in_transit": 3, "delivering": 4}
_STEPS |= {"locker": 5, "sign_failed": 5, "signed": 6}
_BACK = frozenset({"returned", "forwarded", "sign_failed", "stuck"})
"""After one of these a parcel may be on its way again."""
_REPEATABLE = frozenset({"in_transit", "delivering", "locker"})
"""Hubs, second tries and lockers: going back and forth among these is daily business."""


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, Any]:
    """Each true or false; compared with the traces of the same parcel that happened before."""
    del policy
    before = _before(session, event)
    version = facts.get("trace_version")
    versions = [each["trace_version"] for each in before if each.get("trace_version") is not None]
    went_back = _went_back([str(each["action"]) for each in before], str(facts["action"]))
    return dict(zip(FACTS, (version is not None and any(each > version for each in versions), went_back), strict=True))


def _before(session: Session, event: Happened) -> list[Mapping[str, Any]]:
    roots = [f"parcel:{event.subject}"]
    if order_id := event.facts.get("order_id"):
        roots.append(f"order:{order_id}")
    rows = session.execute(
        select(Event.facts, Event.happened_at, Event.source, Event.event_id)
        .join(EventRoot, EventRoot.event_pk == Event.id)
        .where(EventRoot.shop_id == event.shop_id, EventRoot.root.in_(roots))
        .where(Event.kind == event.kind, Event.subject == event.subject, Event.happened_at <= event.at)
        .order_by(Event.happened_at, Event.source, Event.event_id)
        .distinct()
    )
    return [facts for facts, *place in rows if tuple(place) < event.place]


def _went_back(before: Sequence[str], action: str) -> bool:
    """Whether this step lies behind one already made, and nothing between explains it."""
    step = _STEPS.get(action)
    for earlier in reversed(before):
        if earlier in _BACK or step is None:
            return False
        reached = _STEPS.get(earlier)
        if reached is not None and reached > step and not {earlier, action} <= _REPEATABLE:
            return True
    return False
