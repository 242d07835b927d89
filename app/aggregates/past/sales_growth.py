"""How much a shop's sales grew against a year before, and what else rose with them: refunds, orders of one buyer.

Where the shop has no orders of a year before, the window just before the last one is compared instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.models import Order
from app.values.facts import Happened
from app.values.policy import Policy

WINDOW = "content.sales_window_days"
LEAST = "content.sales_min_count"
FACTS = ("past.sales_growth_bp", "past.refund_rise_bp", "past.one_buyer_bp")
PARAMETERS = (WINDOW, LEAST)
_ONE = 10_000
_YEAR = timedelta(days=365)


class _Sales(NamedTuple):
    orders: int
    paid_fen: int
    refunded: int

    @property
    def refund_bp(self) -> int:
        return self.refunded * _ONE // self.orders


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, int | None]:
    """Growth in basis points (10,000 for twice as much), rounded down; None below the least number of orders."""
    del facts
    window, least = policy.span(WINDOW), policy.count(LEAST)
    if window is None or least is None:
        return dict.fromkeys(FACTS)
    now = _sales(session, event.shop_id, event.at - window, event.at)
    before = _sales(session, event.shop_id, event.at - _YEAR - window, event.at - _YEAR)
    if before.orders < least:
        before = _sales(session, event.shop_id, event.at - window - window, event.at - window)
    if now.orders < least or before.orders < least or not before.paid_fen:
        return dict.fromkeys(FACTS)
    return {
        FACTS[0]: (now.paid_fen - before.paid_fen) * _ONE // before.paid_fen,
        FACTS[1]: now.refund_bp - before.refund_bp,
        FACTS[2]: _largest_buyer(session, event.shop_id, event.at - window, event.at) * _ONE // now.orders,
    }


def _sales(session: Session, shop_id: str, start: datetime, end: datetime) -> _Sales:
    own = (Order.shop_id == shop_id) & (Order.paid_at > start) & (Order.paid_at <= end)
    refunded = func.sum(case((Order.refunded_fen > 0, 1), else_=0))
    found = session.execute(select(func.count(), func.sum(Order.paid_fen), refunded).where(own)).one()
    return _Sales(int(found[0]), int(found[1] or 0), int(found[2] or 0))


def _largest_buyer(session: Session, shop_id: str, start: datetime, end: datetime) -> int:
    own = (Order.shop_id == shop_id) & (Order.paid_at > start) & (Order.paid_at <= end)
    by_buyer = select(func.count().label("orders")).where(own, Order.buyer_ref.is_not(None)).group_by(Order.buyer_ref)
    return session.scalar(select(func.max(by_buyer.subquery().c.orders))) or 0
