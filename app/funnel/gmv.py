"""How much of what a shop sold came through its own channels, by month in China, against the curve it may grow by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.models import Order
from app.values.china_days import month_ends_at, month_of, month_starts_at

_ONE = 10_000


@dataclass(frozen=True, slots=True)
class MonthShare:
    """One month: sold in all, through the shop's own channels, and through channels nobody told.

    ``share_bp`` is of what has a channel; ``growth_bp`` is against the month before; None: not to be told.
    """

    month: str
    gmv_fen: int
    private_fen: int
    unknown_fen: int
    share_bp: int | None
    growth_bp: int | None = None


def month_share(session: Session, shop_id: str, month: str, channels: Sequence[str]) -> MonthShare:
    """A month's share: what was paid in it, gross of later refunds, without orders cancelled since."""
    starts, ends = month_starts_at(month), month_ends_at(month)
    own = (Order.shop_id == shop_id) & (Order.paid_at >= starts) & (Order.paid_at < ends)
    stands = Order.paid_fen.is_not(None) & Order.cancelled_at.is_(None)
    found = select(
        func.coalesce(func.sum(Order.paid_fen), 0),
        func.coalesce(func.sum(case((Order.channel.in_(list(channels)), Order.paid_fen), else_=0)), 0),
        func.coalesce(func.sum(case((Order.channel.is_(None), Order.paid_fen), else_=0)), 0),
    )
    gmv, private, unknown = (int(value) for value in session.execute(found.where(own, stands)).one())
    known = gmv - unknown
    return MonthShare(month, gmv, private, unknown, private * _ONE // known if known > 0 else None)


def months_before(month: str, count: int) -> list[str]:
    """A month and those before it, the earliest first."""
    found = [month]
    while len(found) < count:
        found.append(month_of(month_starts_at(found[-1]) - timedelta(days=1)))
    return found[::-1]


def share_by_month(session: Session, shop_id: str, months: Sequence[str], channels: Sequence[str]) -> list[MonthShare]:
    """Months in their order, each with its growth."""
    found: list[MonthShare] = []
    for month in months:
        each = month_share(session, shop_id, month, channels)
        before = found[-1].share_bp if found else None
        growth = None if before is None or each.share_bp is None else each.share_bp - before
        found.append(MonthShare(month, each.gmv_fen, each.private_fen, each.unknown_fen, each.share_bp, growth))
    return found
