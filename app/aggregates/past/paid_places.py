"""How many places and how much exposure a provider bought about the time at which it carries the badge 优选标识."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Event, ServiceProvider
from app.values.facts import Happened
from app.values.policy import Policy

WINDOW = "providers.badge_sales_days"
FACTS = ("past.paid_place_count",)
PARAMETERS = (WINDOW,)
_SOLD = ("recommend.slot", "traffic.boost")


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, int | None]:
    """What was told as paid, in the window before, for the provider by its id or by its name."""
    del facts
    window = policy.span(WINDOW)
    if window is None:
        return dict.fromkeys(FACTS)
    mine = (ServiceProvider.shop_id == event.shop_id) & (ServiceProvider.subject == event.subject)
    name = session.scalar(select(ServiceProvider.name).where(mine))
    own = (Event.shop_id == event.shop_id) & Event.kind.in_(_SOLD)
    lately = (Event.happened_at > event.at - window) & (Event.happened_at <= event.at)
    for_it = Event.facts["beneficiary"].as_string().in_([each for each in (event.subject, name) if each])
    paid = Event.facts["paid"].as_boolean().is_(True)
    return {FACTS[0]: session.scalar(select(func.count()).select_from(Event).where(own, lately, for_it, paid)) or 0}
