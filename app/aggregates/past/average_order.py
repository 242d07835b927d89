"""What a shop's paid orders come to on average, over a window that ends at the event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.aggregates.orders import average_order_fen
from app.values.facts import Happened
from app.values.policy import Policy

WINDOW = "marketing.average_order_days"
LEAST = "marketing.average_order_min_count"
FACTS = ("past.average_order_fen",)
PARAMETERS = (WINDOW, LEAST)


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, int | None]:
    """Fen, rounded down; cancelled orders left out; None below the least number of orders."""
    del facts
    window, least = policy.span(WINDOW), policy.count(LEAST)
    if window is None or least is None:
        return dict.fromkeys(FACTS)
    return {FACTS[0]: average_order_fen(session, event.shop_id, at=event.at, window=window, least=least)}
