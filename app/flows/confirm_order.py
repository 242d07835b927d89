"""Asking the platform again about an order before money leaves: what it tells is taken as events, then read.

fetch again (outside any transaction) ─ events taken: a claim that no longer stands is cleared by that alone
─ what was refunded and guaranteed meanwhile ─ FreshFacts
"""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.errors import AppError
from app.flows.look_up_platform import fetch_order_again
from app.flows.parts import Parts
from app.models import Order, Refund
from app.values.claiming import FreshFacts

_log = structlog.get_logger(__name__)


def confirm_order(parts: Parts, *, shop_id: str, order_id: str, now: datetime) -> FreshFacts | None:
    """The order's facts as the platform has them now; None when it could not be asked, or told nothing usable."""
    if parts.order_source is not None:
        return parts.order_source.fetch(shop_id=shop_id, order_id=order_id, now=now)
    try:
        again = fetch_order_again(parts, shop_id=shop_id, order_id=order_id, now=now)
    except AppError as error:  # no account, platform busy, an answer nothing can be built on: nothing is paid by itself
        _log.info("order_not_confirmed", shop=shop_id, order=order_id, error=error.code)
        return None
    with parts.db.read() as session:
        order = session.scalar(select(Order).where(Order.shop_id == shop_id, Order.subject == order_id))
        by_after_sales = _refunded_fen(session, shop_id, order_id)
    if order is None:
        return None
    details = {"fetched_at": again.at.isoformat(), "told": again.events}
    refunded_fen = max(order.refunded_fen or 0, by_after_sales)  # the same money, told by two platforms
    return FreshFacts(refunded_fen, order.guaranteed_fen or 0, details=details)


def _refunded_fen(session: Session, shop_id: str, order_id: str) -> int:
    """What the order's after-sales say went back to the buyer; the only word of it where no payment notices come."""
    mine = (Refund.shop_id == shop_id) & (Refund.order_id == order_id) & Refund.refunded_at.is_not(None)
    given = func.coalesce(Refund.refunded_fen, Refund.amount_fen, 0)
    return int(session.scalar(select(func.coalesce(func.sum(given), 0)).where(mine)) or 0)
