"""``campaign.tick``: a campaign runs for another day, or has ended; its figures are looked at once more."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from app.events.columns import looks
from app.events.dues import DUE_FACTS, earliest
from app.values.facts import Due, Dues, EventKind, Fact, FactType, State
from app.values.policy import Policy

WATCH = "marketing.watch_days"
_DAY = timedelta(days=1)


def _dues(campaign: State, _order: State, policy: Policy) -> Iterable[Due]:
    """One look a day while it runs, at most for ``watch_days``, and one at its end."""
    start, watched = campaign.get("starts_at") or campaign.get("created_at"), policy.span(WATCH)
    if start is None or watched is None:
        return
    end, over = campaign.get("ends_at"), campaign.get("ended_at")
    until = earliest(end, start + watched) or start + watched
    for day in range(1, watched.days + 1):
        if (at := start + day * _DAY) >= until:
            break
        yield Due(f"day-{day}", at, None, over)
    if end is not None:
        yield Due("end", until, None, over)


KIND = EventKind(
    name="campaign.tick",
    subject="campaign",
    key="campaign_id",
    sent=False,
    doc="A running campaign is looked at again: once a day, and at its end.",
    facts=(
        Fact("campaign_id", FactType.TEXT, doc="the campaign"),
        *DUE_FACTS,
        *looks(
            "campaign",
            type=(FactType.TEXT, "what kind of campaign"),
            carrier=(FactType.TEXT, "where it runs"),
            ends_at=(FactType.INSTANT, "when it ends"),
            ended_at=(FactType.INSTANT, "when it was ended before its time"),
            declared_stock_count=(FactType.INT, "pieces announced to buyers"),
            threshold_fen=(FactType.INT, "full reduction: from which amount on"),
        ),
        *looks(
            "past",
            average_order_fen=(FactType.INT, "average paid order of the shop in the window; None: too few orders"),
            least_threshold_fen=(FactType.INT, "lowest threshold of it and its coupons; None: none is known"),
            stock_count=(FactType.INT, "pieces of the goods as last told; None: never told"),
            invites_per_user_bp=(FactType.INT, "people brought by one inviter, 10,000 for one; None: no invitations"),
            shared_device_bp=(FactType.INT, "share of new customers on one device with others; None: no devices told"),
            chain_depth_count=(FactType.INT, "longest chain of invitations; None: no invitations"),
        ),
    ),
    occasion=("deadline",),
    dues=Dues("campaign", _dues, needs_feed=False),
)
