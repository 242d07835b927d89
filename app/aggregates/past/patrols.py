"""Whether somebody really looked at a closed broadcast that sells health goods to people led there from groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Event, EventRoot
from app.values.facts import Happened
from app.values.policy import Policy

HEALTH = "growth_markets.health_categories"
FACTS = ("past.patrol_look_count", "past.needs_patrol")
PARAMETERS = (HEALTH,)


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, Any]:
    """Looks told up to the event; whether it needs them by how it was announced last, None where it was not."""
    del facts
    on_line = (EventRoot.shop_id == event.shop_id) & (EventRoot.root == f"room:{event.subject}")
    told = (
        select(Event.kind, Event.facts)
        .join(EventRoot, EventRoot.event_pk == Event.id)
        .where(on_line, Event.kind.in_(("live.venue", "live.room_look")), Event.happened_at <= event.at)
        .order_by(Event.happened_at, Event.id)
    )
    looks, venue = 0, None
    for kind, said in session.execute(told):
        looks += kind == "live.room_look"
        venue = said if kind == "live.venue" else venue
    return {FACTS[0]: looks, FACTS[1]: None if venue is None else _needs(venue, policy.texts(HEALTH))}


def _needs(venue: Mapping[str, Any], health: tuple[str, ...]) -> bool:
    is_closed = venue.get("is_private") is True and venue.get("audience_from_groups") is True
    return is_closed and any(each in health for each in venue.get("categories") or ())
