"""What a buyer brought in by cross-border retail import in the calendar year of the order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from app.aggregates import points
from app.models import FigurePoint, Order
from app.values.china_days import day_of, starts_at
from app.values.facts import Happened
from app.values.policy import Policy

FACTS = ("past.crossborder_year_fen",)
PARAMETERS: tuple[str, ...] = ()


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, int | None]:
    """Dutiable value, this order included; what was cancelled or fully refunded by then is given back to the buyer."""
    del policy
    buyer = facts.get("buyer_ref")
    if not buyer:
        return dict.fromkeys(FACTS)
    begins = starts_at(date(day_of(event.at).year, 1, 1))
    own = points.of(event.shop_id, f"buyer:{buyer}", "customs_fen")
    within = (FigurePoint.at >= begins) & (FigurePoint.at <= event.at) & (FigurePoint.subject != event.subject)
    order = (Order.shop_id == FigurePoint.shop_id) & (Order.subject == FigurePoint.subject)
    is_back = exists().where(order, (Order.cancelled_at <= event.at) | (Order.fully_refunded_at <= event.at))
    latest = (
        select(FigurePoint.subject, func.max(FigurePoint.value).label("value"))
        .where(own, within, ~is_back)
        .group_by(FigurePoint.subject)
        .subquery()
    )
    others = session.scalar(select(func.sum(latest.c.value))) or 0
    return {FACTS[0]: int(others) + int(facts["customs_fen"])}
