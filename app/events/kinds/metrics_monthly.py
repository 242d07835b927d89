"""``metrics.monthly``: a month's figure against what it was before."""

from __future__ import annotations

from app.events.columns import looks
from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="metrics.monthly",
    subject="metric",
    doc="A month's figure against what it was before.",
    facts=(
        Fact("name", FactType.TEXT, Presence.REQUIRED, doc="which figure, e.g. repurchase_lift, gmv_growth"),
        Fact("value_bp", FactType.INT, Presence.EXPECTED, unit="bp", doc="the change, 10000 is one time as much again"),
        Fact(
            "new_device_ratio_bp",
            FactType.INT,
            Presence.EXPECTED,
            unit="bp",
            doc="share of devices never seen before among those who bought",
        ),
        *looks(
            "past",
            shop_review_lost_count=(
                FactType.INT,
                "reviews of the shop's products told before and there no more; None: none were told",
            ),
            private_gmv_bp=(FactType.INT, "share of the shop's own channels in the month before this instant's"),
            private_gmv_before_bp=(FactType.INT, "the same a month earlier"),
            private_gmv_start_bp=(FactType.INT, "the same at the beginning of the reference curve"),
            repurchase_lift_bp=(
                FactType.INT,
                "growth of the share of buyers of its own channels who bought again, last month against the one before",
            ),
            quick_repeat_bp=(FactType.INT, "share of those orders placed within minutes of the buyer's one before"),
        ),
        Fact(
            "total_change_bp",
            FactType.INT,
            Presence.EXPECTED,
            unit="bp",
            doc="change of what the figure is a share of, such as all reviews; -10000 is nothing left",
        ),
        Fact("deleted_count", FactType.INT, Presence.EXPECTED, unit="count", doc="how many of these were deleted"),
    ),
)
