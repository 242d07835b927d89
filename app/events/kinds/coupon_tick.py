"""``coupon.tick``: a coupon of no campaign is still given out; its threshold is held against the orders again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from app.events.columns import looks
from app.events.dues import DUE_FACTS, earliest
from app.values.facts import Due, Dues, EventKind, Fact, FactType, State
from app.values.policy import Policy

WATCH = "marketing.watch_days"
_DAY = timedelta(days=1)


def _dues(coupon: State, _order: State, policy: Policy) -> Iterable[Due]:
    """One look a day while it holds; a coupon of a campaign is looked at with the campaign."""
    start, watched = coupon.get("valid_from_at") or coupon.get("created_at"), policy.span(WATCH)
    if start is None or watched is None or coupon.get("campaign_id") is not None:
        return
    until = earliest(coupon.get("valid_to_at"), start + watched) or start + watched
    for day in range(1, watched.days + 1):
        if (at := start + day * _DAY) >= until:
            break
        yield Due(f"day-{day}", at, None, coupon.get("ended_at"))


KIND = EventKind(
    name="coupon.tick",
    subject="coupon",
    key="coupon_id",
    sent=False,
    doc="A coupon that is still given out is looked at again, once a day.",
    facts=(
        Fact("coupon_id", FactType.TEXT, doc="the coupon"),
        *DUE_FACTS,
        *looks(
            "past",
            average_order_fen=(FactType.INT, "average paid order of the shop in the window; None: too few orders"),
            least_threshold_fen=(FactType.INT, "its threshold; None: it has none"),
        ),
    ),
    occasion=("deadline",),
    dues=Dues("coupon", _dues, needs_feed=False),
)
