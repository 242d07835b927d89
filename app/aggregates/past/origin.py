"""From which provinces goods were really sent, held against the place of origin that a text claims."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import Session

from app.models import Order, Parcel
from app.values.facts import Happened
from app.values.policy import Policy
from app.values.provinces import province_of

WINDOW = "supply.origin_window_days"
FACTS = ("past.origin_is_of_sku", "past.origin_parcel_count", "past.origin_claimed_count")
PARAMETERS = (WINDOW,)


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, Any]:
    """Parcels of the goods (of the whole shop where no goods are named) with a known province, and those from there.

    None where the text claims no origin.
    """
    claimed, window = facts.get("origin_provinces"), policy.span(WINDOW)
    if not claimed or window is None:
        return dict.fromkeys(FACTS)
    sku = facts.get("sku_id")
    wanted = (
        select(Parcel.ship_province, func.count(Parcel.subject.distinct()))
        .where(Parcel.shop_id == event.shop_id, Parcel.ship_province.is_not(None))
        .where(Parcel.shipped_at > event.at - window, Parcel.shipped_at <= event.at)
        .group_by(Parcel.ship_province)
    )
    if sku is not None:
        name = orjson.dumps(sku).decode()
        own = (Order.shop_id == Parcel.shop_id) & (Order.subject == Parcel.order_id)
        wanted = wanted.join(Order, own).where(cast(Order.sku_ids, String).contains(name, autoescape=True))
    from_where: dict[str, int] = {}
    for told, count in session.execute(wanted):
        if (province := province_of(told)) is not None:
            from_where[province] = from_where.get(province, 0) + count
    there = sum(from_where.get(each, 0) for each in claimed)
    return dict(zip(FACTS, (sku is not None, sum(from_where.values()), there), strict=True))
