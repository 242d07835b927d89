"""How often the buyer of an order asked for compensation before, over a window that ends at the event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Event, EventRoot, Order
from app.values.facts import Happened
from app.values.policy import Policy

WINDOW = "compensation.claims_window_days"
FACTS = ("past.buyer_claim_count",)
PARAMETERS = (WINDOW,)


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, int | None]:
    """Claims of the same buyer in the shop, this one not counted; None where the buyer is not known."""
    buyer, window = facts.get("buyer_ref") or facts.get("order.buyer_ref"), policy.span(WINDOW)
    if buyer is None or window is None:
        return dict.fromkeys(FACTS)
    own = (Order.shop_id == event.shop_id) & (Order.buyer_ref == buyer)
    asked = (Event.kind == "claim.submit") & (Event.happened_at > event.at - window) & (Event.happened_at < event.at)
    count = (
        select(func.count(Event.id.distinct()))
        .select_from(Order)
        .join(EventRoot, (EventRoot.shop_id == Order.shop_id) & (EventRoot.root == "order:" + Order.subject))
        .join(Event, Event.id == EventRoot.event_pk)
        .where(own, asked)
    )
    return {FACTS[0]: session.scalar(count) or 0}
