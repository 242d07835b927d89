"""``profile.tier_assign``: somebody puts a customer into a segment; the service looks at what it worked out itself."""

from __future__ import annotations

from app.events.columns import looks
from app.values.facts import EventKind, Fact, FactType, Presence

_INT, _TEXT, _BOOL = FactType.INT, FactType.TEXT, FactType.BOOL

KIND = EventKind(
    name="profile.tier_assign",
    subject="person",
    doc="A customer is put into a segment.",
    facts=(
        Fact(
            "tier",
            FactType.TEXT,
            Presence.REQUIRED,
            choices=("high", "potential", "new", "none"),
            doc="the segment the caller wants to put them into",
        ),
        Fact("reason", FactType.TEXT, doc="why, in the caller's words"),
        *looks(
            "past",
            segment=(_TEXT, "the segment worked out by this service; unknown: figures are missing"),
            monthly_spend_fen=(_INT, "monthly spend by the shop's orders"),
            followed_brand_count=(_INT, "followed brand accounts as told last; None: never told"),
            weekly_interaction_count=(_INT, "interactions a week; None: never told"),
            first_order_rate_bp=(_INT, "first order per visit of a newcomer; None: not told, or no newcomer"),
            average_browse_seconds=(_INT, "time a visit; None: never told"),
            is_newcomer=(_BOOL, "no order, or the first one within the window of activity"),
        ),
    ),
    occasion=("tier",),
)
