"""How many buyers of a shop's own channels bought again in the month that is over, and how quickly."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.funnel.gmv import months_before
from app.models import Order
from app.values.china_days import month_ends_at, month_of, month_starts_at
from app.values.facts import Happened
from app.values.policy import Policy

CHANNELS, LEAST, QUICK = "funnel.private_channels", "privacy.repurchase_min_count", "privacy.quick_repeat_minutes"
FACTS = ("past.repurchase_lift_bp", "past.quick_repeat_bp")
PARAMETERS = (CHANNELS, LEAST, QUICK)
_ONE = 10_000


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, int | None]:
    """Growth of the share of buyers who bought again, in basis points; None below the least number of buyers."""
    channels, least, quick = policy.texts(CHANNELS), policy.count(LEAST), policy.span(QUICK)
    if facts.get("name") != "private_gmv_share" or not channels or least is None or quick is None:
        return dict.fromkeys(FACTS)
    last = month_of(month_starts_at(month_of(event.at)) - timedelta(days=1))
    earlier, later = (_bought(session, event.shop_id, month, channels) for month in months_before(last, 2))
    if min(len(earlier), len(later)) < least:
        return dict.fromkeys(FACTS)
    before, now = _again_bp(earlier), _again_bp(later)
    return {FACTS[0]: (now - before) * _ONE // before if before else None, FACTS[1]: _quick_bp(later, quick)}


def _bought(session: Session, shop_id: str, month: str, channels: tuple[str, ...]) -> dict[str, list[datetime]]:
    """When each buyer paid in the month, in order; without what was cancelled since."""
    paid = (Order.paid_at >= month_starts_at(month)) & (Order.paid_at < month_ends_at(month))
    stands = Order.cancelled_at.is_(None) & Order.buyer_ref.is_not(None) & Order.channel.in_(channels)
    found: dict[str, list[datetime]] = {}
    wanted = (
        select(Order.buyer_ref, Order.paid_at).where(Order.shop_id == shop_id, paid, stands).order_by(Order.paid_at)
    )
    for buyer, at in session.execute(wanted):
        if buyer is not None and at is not None:
            found.setdefault(buyer, []).append(at)
    return found


def _again_bp(bought: Mapping[str, list[datetime]]) -> int:
    return sum(len(times) > 1 for times in bought.values()) * _ONE // len(bought)


def _quick_bp(bought: Mapping[str, list[datetime]], quick: timedelta) -> int | None:
    gaps = [after - before for times in bought.values() for before, after in pairwise(times)]
    return sum(gap <= quick for gap in gaps) * _ONE // len(gaps) if gaps else None
