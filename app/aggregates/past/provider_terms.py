"""What a provider's terms are held against: its commission before, the account's largest share, its equals' terms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Event
from app.values.facts import Happened
from app.values.policy import Policy

FACTS = ("past.commission_before_bp", "past.account_max_ratio_bp", "past.unequal_benefit_count")
PARAMETERS = ()
_DIFFERING = ("relief_bp", "boost_bp")


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, Any]:
    """None where nothing was told before."""
    del policy
    own = facts.get("max_ratio_bp")
    return {
        "past.commission_before_bp": _last(session, event, "provider.commission", event.subject, "rate_bp"),
        "past.account_max_ratio_bp": own or _last(session, event, "split.request", None, "max_ratio_bp"),
        "past.unequal_benefit_count": _unequal(session, event, facts),
    }


def _last(session: Session, event: Happened, kind: str, subject: str | None, fact: str) -> int | None:
    """The value of a fact in the newest event of a kind before this one that says it."""
    wanted = (
        select(Event.facts, Event.happened_at, Event.source, Event.event_id)
        .where(Event.shop_id == event.shop_id, Event.kind == kind, Event.happened_at <= event.at)
        .order_by(Event.happened_at.desc(), Event.source.desc(), Event.event_id.desc())
        .limit(20)
    )
    if subject is not None:
        wanted = wanted.where(Event.subject == subject)
    said = (facts.get(fact) for facts, *place in session.execute(wanted) if tuple(place) < event.place)
    return next((value for value in said if value is not None), None)


def _unequal(session: Session, event: Happened, facts: Mapping[str, Any]) -> int | None:
    """How many others were given other terms in the same programme by the same published conditions."""
    programme = facts.get("programme_id")
    if programme is None:
        return None
    newest = (
        select(Event.subject, func.max(Event.happened_at).label("at"))
        .where(Event.shop_id == event.shop_id, Event.kind == event.kind, Event.happened_at <= event.at)
        .where(Event.subject != event.subject, Event.facts["programme_id"].as_string() == programme)
        .group_by(Event.subject)
        .subquery()
    )
    rows = session.scalars(
        select(Event.facts)
        .join(newest, (Event.subject == newest.c.subject) & (Event.happened_at == newest.c.at))
        .where(Event.shop_id == event.shop_id, Event.kind == event.kind)
    )
    same = [each for each in rows if each.get("conditions_url") == facts.get("conditions_url")]
    return sum(any(each.get(name) != facts.get(name) for name in _DIFFERING) for each in same)
