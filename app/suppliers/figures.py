"""What each supplier of a shop did in a window, counted in the database over orders and their deadlines."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.models import Deadline, Order
from app.suppliers.ranking import Figures

_IS_NOT_OVERSOLD = Order.cancel_type.is_(None) | (Order.cancel_type != "oversold")  # those count by themselves


def figures_of(session: Session, shop_id: str, *, until: datetime, days: int) -> list[Figures]:
    """One row a supplier with paid orders in the window; deadlines that are still open do not count yet.

    Sales are what was paid less what was given back, of orders that were not cancelled.
    """
    since = until - timedelta(days=days)
    is_kept = Order.cancelled_at.is_(None)
    own = (Order.shop_id == shop_id) & Order.supplier_id.is_not(None)
    paid = (Order.paid_at > since) & (Order.paid_at <= until)
    net = func.coalesce(Order.paid_fen, 0) - func.coalesce(Order.refunded_fen, 0)
    orders = session.execute(
        select(
            Order.supplier_id,
            func.count(),
            func.coalesce(func.sum(case((is_kept, net), else_=0)), 0),
            func.count().filter(Order.cancel_type == "oversold"),
        )
        .where(own, paid)
        .group_by(Order.supplier_id)
    ).all()
    dues = {
        supplier: (int(due), int(met))
        for supplier, due, met in session.execute(
            select(Order.supplier_id, func.count(), func.count().filter(Deadline.state == "met"))
            .join(Deadline, (Deadline.shop_id == Order.shop_id) & (Deadline.root == "order:" + Order.subject))
            .where(own, paid, Deadline.kind == "order.overdue", Deadline.name == "dispatch")
            .where(Deadline.state.in_(["met", "passed"]), _IS_NOT_OVERSOLD)
            .group_by(Order.supplier_id)
        )
    }
    return [
        Figures(str(supplier), int(count), *dues.get(supplier, (0, 0)), int(oversold), int(sales))
        for supplier, count, sales, oversold in orders
    ]
