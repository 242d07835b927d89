"""By how much the list price of some goods rose before it was taken off again, and what one piece costs the shop."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.aggregates import points
from app.values.facts import Happened
from app.values.policy import Policy

WINDOW = "marketing.rise_window_days"
FACTS = ("past.list_rise_fen", "past.unit_cost_fen")
PARAMETERS = (WINDOW,)
_JUST = timedelta(microseconds=1)


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, int | None]:
    """The price beside which the promotion stands, less the lowest list price of the window; the last cost told.

    The price in force when the window begins counts as one of the window. Without any earlier list price the rise
    is None: nobody knows what it was.
    """
    window, sku_id = policy.span(WINDOW), facts.get("sku_id")
    if window is None or not sku_id:
        return {FACTS[0]: None, FACTS[1]: facts.get("unit_cost_fen")}
    listed = points.of_goods(event.shop_id, sku_id, "listed_fen")
    start = event.at - window
    before = points.last(session, listed, at=start)
    within = points.least(session, listed, start=start + _JUST, end=event.at)
    known = [each for each in (before, within) if each is not None]
    shown = facts.get("list_fen")
    if shown is None:
        shown = points.last(session, listed, at=event.at, is_inclusive=False)
    rise = max(shown - min(known), 0) if known and shown is not None else None
    cost = facts.get("unit_cost_fen")
    if cost is None:
        cost = points.last(session, points.of_goods(event.shop_id, sku_id, "cost_fen"), at=event.at)
    return {FACTS[0]: rise, FACTS[1]: cost}
