"""How often exposure was bought, or given as a favour, for a content that is now shown as if it had come by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.models import Event
from app.values.facts import Happened
from app.values.policy import Policy

WINDOW = "recommendation.boost_window_days"
FACTS = ("past.content_boost_count",)
PARAMETERS = (WINDOW,)


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, int | None]:
    """In the window before; not looked for where the caller says that it was weighed up, None without a window."""
    window = policy.span(WINDOW)
    if window is None:
        return dict.fromkeys(FACTS)
    if facts.get("is_boosted") is True:
        return {FACTS[0]: 1}
    own = (Event.shop_id == event.shop_id) & (Event.kind == "traffic.boost")
    lately = (Event.happened_at > event.at - window) & (Event.happened_at <= event.at)
    for_it = Event.facts["beneficiary"].as_string() == facts["content_id"]
    pushed = or_(Event.facts["paid"].as_boolean().is_(True), Event.facts["favoured"].as_boolean().is_(True))
    return {FACTS[0]: session.scalar(select(func.count()).select_from(Event).where(own, lately, for_it, pushed)) or 0}
