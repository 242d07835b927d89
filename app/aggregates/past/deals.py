"""At what price some goods were really sold before a comparison: the lowest, the last, and which of them counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.aggregates import points
from app.values.facts import Happened
from app.values.policy import Policy

WINDOW = "marketing.compare_window_days"
FACTS = ("past.least_deal_fen", "past.last_deal_fen", "past.compare_base_fen")
PARAMETERS = (WINDOW,)


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, int | None]:
    """Unit prices of deals before the promotion begins (明码标价规定 16); None where there was no deal."""
    window, sku_id = policy.span(WINDOW), facts.get("sku_id")
    if window is None or not sku_id:
        return dict.fromkeys(FACTS)
    begins = min(facts.get("promotion_starts_at") or event.at, event.at)
    deals = points.of_goods(event.shop_id, sku_id, "dealt_fen")
    lowest = points.least(session, deals, start=begins - window, end=begins)
    last = points.last(session, deals, at=begins, is_inclusive=False)
    return dict(zip(FACTS, (lowest, last, last if lowest is None else lowest), strict=True))
