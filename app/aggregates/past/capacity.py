"""How a supplier's planned daily capacity compares with the orders it really had in the days before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Order
from app.values.facts import Happened
from app.values.policy import Policy

WINDOW = "supply.capacity_window_days"
FACTS = ("past.capacity_coverage_bp",)
PARAMETERS = (WINDOW,)
_ONE = 10_000


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, Any]:
    """Capacity over the average daily orders, in basis points rounded down; None without capacity or orders."""
    capacity, window = facts.get("daily_capacity_count"), policy.span(WINDOW)
    if capacity is None or window is None:
        return dict.fromkeys(FACTS)
    own = (Order.shop_id == event.shop_id) & (Order.supplier_id == facts.get("supplier_id"))
    paid = (Order.paid_at > event.at - window) & (Order.paid_at <= event.at)
    count = session.scalar(select(func.count()).select_from(Order).where(own, paid)) or 0
    return {FACTS[0]: capacity * window.days * _ONE // count if count else None}
