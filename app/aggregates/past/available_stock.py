"""What of goods can really be sold: the stock that was told last, less the paid orders that are not sent yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import Session

from app.models import Event, Order
from app.values.facts import Happened
from app.values.policy import Policy

WINDOW = "supply.open_order_window_days"
FACTS = ("past.available_count",)
PARAMETERS = (WINDOW,)


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, Any]:
    """May be below zero; None while nobody said what is there.

    Open orders are counted from the orders that name the goods, and from what ``inventory.event`` said of them; the
    larger number counts, because orders without their goods named may be among them.
    """
    told = session.scalar(
        select(Event)
        .where(Event.shop_id == event.shop_id, Event.kind == "inventory.event", Event.subject == event.subject)
        .where(Event.happened_at <= event.at)
        .order_by(Event.happened_at.desc(), Event.id.desc())
        .limit(1)
    )
    said = {} if told is None else told.facts
    stock = facts.get("stock_count", said.get("stock_count"))
    window = policy.span(WINDOW)
    if stock is None or window is None:
        return dict.fromkeys(FACTS)
    told_open = said.get("open_order_count") or 0
    return {FACTS[0]: stock - max(told_open, _open_orders(session, event, window))}


def _open_orders(session: Session, event: Happened, window: Any) -> int:
    name = orjson.dumps(event.subject).decode()
    named = cast(Order.sku_ids, String).contains(name, autoescape=True)
    unsent = Order.first_shipped_at.is_(None) & Order.cancelled_at.is_(None)
    paid = (Order.paid_at > event.at - window) & (Order.paid_at <= event.at)
    wanted = select(func.count()).select_from(Order).where(Order.shop_id == event.shop_id, paid, unsent, named)
    return session.scalar(wanted) or 0
