"""What a shop's orders come to on average, for figures of the past and for charts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Order
from app.values.china_days import ends_at


def paid_orders(session: Session, shop_id: str, *, after: datetime, until: datetime, at: datetime) -> tuple[int, int]:
    """How many orders were paid in (after, until] and not cancelled by ``at``, and for how much together."""
    own = (Order.shop_id == shop_id) & (Order.paid_at > after) & (Order.paid_at <= until)
    stands = Order.cancelled_at.is_(None) | (Order.cancelled_at > at)
    count, total = session.execute(select(func.count(), func.sum(Order.paid_fen)).where(own, stands)).one()
    return int(count), int(total or 0)


def average_order_fen(session: Session, shop_id: str, *, at: datetime, window: timedelta, least: int) -> int | None:
    """The average of the paid orders of a window that ends at an instant, rounded down; None below ``least`` orders."""
    count, total = paid_orders(session, shop_id, after=at - window, until=at, at=at)
    return total // count if count and count >= least else None


def average_by_day(
    session: Session, shop_id: str, *, first: date, last: date, window: timedelta, least: int
) -> Iterator[tuple[date, int | None]]:
    """The average order at the end of each day; each order is read once however many days share it."""
    begin = first - timedelta(days=window.days - 1)
    days = [begin + timedelta(days=number) for number in range((last - begin).days + 1)]
    daily = {}
    for day in days:
        until = ends_at(day)
        daily[day] = paid_orders(session, shop_id, after=until - timedelta(days=1), until=until, at=ends_at(last))
    for day in days[window.days - 1 :]:
        within = [daily[day - timedelta(days=back)] for back in range(window.days)]
        count, total = sum(each[0] for each in within), sum(each[1] for each in within)
        yield day, total // count if count and count >= least else None
