"""How often somebody was written to before, by the stored ``outreach.send`` events, and when it is where they live.

A message that was blocked was not sent and is not counted; one that waits for a person is, because it may go out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, exists, func, select, tuple_
from sqlalchemy.orm import Session

from app.models import Event, EventDecision, EventRoot
from app.tiering.pieces import ACTIVITY
from app.values.china_days import CHINA, day_of, month_ends_at, month_of, month_starts_at, starts_at
from app.values.facts import Happened
from app.values.person_names import spellings
from app.values.policy import Policy

KIND = "outreach.send"
FACTS = (
    "past.sent_today_count",
    "past.sent_month_count",
    "past.month_day_count",
    "past.local_hours",
    "past.since_topic_days",
    "past.interaction_since_topic_count",
)
PARAMETERS: tuple[str, ...] = ()


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, int | None]:
    """Counts of the same channel; what was sent at the same instant counts where it stands before."""
    del policy
    month = month_of(event.at)
    starts, ends = month_starts_at(month), month_ends_at(month)
    since = {"past.sent_today_count": starts_at(day_of(event.at)), "past.sent_month_count": starts}
    same = (Event.facts["channel"].as_string() == facts["channel"],)
    counted = {
        name: session.scalar(_sent(event, func.count()).where(Event.happened_at >= at, *same)) or 0
        for name, at in since.items()
    }
    return {
        **counted,
        "past.month_day_count": (ends - starts) // timedelta(days=1),
        "past.local_hours": event.at.astimezone(CHINA).hour,
        **_topic(session, event, facts.get("topic")),
    }


def _topic(session: Session, event: Happened, topic: str | None) -> dict[str, int | None]:
    last: datetime | None = None
    if topic is not None:
        told = _sent(event, func.max(Event.happened_at)).where(Event.facts["topic"].as_string() == topic)
        last = session.scalar(told)
    if last is None:
        return {"past.since_topic_days": None, "past.interaction_since_topic_count": None}
    did = _of_person(event, func.sum(Event.facts["interaction_count"].as_integer()))
    did = did.where(Event.kind == ACTIVITY, Event.happened_at > last, Event.happened_at <= event.at)
    return {
        "past.since_topic_days": (event.at - last) // timedelta(days=1),
        "past.interaction_since_topic_count": session.scalar(did),
    }


def _sent(event: Happened, what: Any) -> Select[Any]:
    """Messages to the person that stand before this one and were not blocked."""
    blocked = exists().where(
        EventDecision.shop_id == Event.shop_id,
        EventDecision.subject == Event.subject,
        EventDecision.source == Event.source,
        EventDecision.event_id == Event.event_id,
        EventDecision.is_current,
        EventDecision.decision == "block",
    )
    earlier = tuple_(Event.happened_at, Event.source, Event.event_id) < tuple_(*event.place)
    return _of_person(event, what).where(Event.kind == KIND, earlier, ~blocked)


def _of_person(event: Happened, what: Any) -> Select[Any]:
    roots = [f"person:{ref}" for ref in spellings(event.subject)]
    on_line = (EventRoot.shop_id == event.shop_id) & EventRoot.root.in_(roots)
    return select(what).select_from(EventRoot).join(Event, Event.id == EventRoot.event_pk).where(on_line)
