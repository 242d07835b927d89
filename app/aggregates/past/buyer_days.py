"""How often and for how much the buyer of an order bought lately; whether the buyer was ever said to be 60 or older."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Order
from app.values.facts import Happened
from app.values.policy import Policy

WINDOW = "growth_markets.senior_window_hours"
FACTS = ("past.buyer_day_order_count", "past.buyer_day_fen", "past.buyer_senior_count", "past.buyer_order_count")
PARAMETERS = (WINDOW,)


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, int | None]:
    """Orders paid up to the event, this one included; None where the buyer is not known."""
    buyer, window = facts.get("buyer_ref") or facts.get("order.buyer_ref"), policy.span(WINDOW)
    if buyer is None or window is None:
        return dict.fromkeys(FACTS)
    own = (Order.shop_id == event.shop_id) & (Order.buyer_ref == buyer) & (Order.paid_at <= event.at)
    lately = Order.paid_at > event.at - window
    found = session.execute(
        select(
            func.count().filter(lately),
            func.sum(Order.paid_fen).filter(lately),
            func.count().filter(Order.buyer_age_band == "60_plus"),
            func.count(),
        ).where(own)
    ).one()
    return {name: int(value or 0) for name, value in zip(FACTS, found, strict=True)}
