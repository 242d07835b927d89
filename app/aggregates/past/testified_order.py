"""Whether what a testimony speaks of was bought and delivered: parcels signed for, and the order's goods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Event, Parcel
from app.values.facts import Happened
from app.values.policy import Policy

FACTS = ("past.order_signed_count", "past.order_sku_count")
PARAMETERS: tuple[str, ...] = ()


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, int | None]:
    """By what was told of the order up to the event; None without an order, or where its goods were never told."""
    del policy
    order_id = facts.get("order_id")
    if order_id is None:
        return dict.fromkeys(FACTS)
    own = (Parcel.shop_id == event.shop_id) & (Parcel.order_id == order_id) & (Parcel.signed_at <= event.at)
    signed = session.scalar(select(func.count()).select_from(Parcel).where(own)) or 0
    return {FACTS[0]: signed, FACTS[1]: _matching(session, event, order_id, facts.get("sku_id"))}


def _matching(session: Session, event: Happened, order_id: str, sku_id: str | None) -> int | None:
    paid = (Event.shop_id == event.shop_id) & (Event.kind == "order.paid") & (Event.subject == order_id)
    told = session.scalars(select(Event.facts).where(paid, Event.happened_at <= event.at)).all()
    goods = [item.get("sku_id") for facts in told for item in (facts.get("items") or ())]
    return sum(each == sku_id for each in goods) if goods and sku_id is not None else None
