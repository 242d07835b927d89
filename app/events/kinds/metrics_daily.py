"""``metrics.daily``: once a day a shop's figures are looked at; the service says it of every shop that has a feed."""

from __future__ import annotations

from app.events.columns import looks
from app.values.facts import EventKind, Fact, FactType

KIND = EventKind(
    name="metrics.daily",
    subject="shop",
    doc="A day is over and a shop's figures are looked at.",
    facts=(
        Fact("day", FactType.TEXT, doc="which day, in China"),
        *looks(
            "past",
            timely_dispatch_bp=(FactType.INT, "dispatch deadlines met in the window; None: too few"),
            timely_dispatch_before_bp=(FactType.INT, "the same a day before"),
            sales_growth_bp=(FactType.INT, "growth of sales against a year before; None: too few orders"),
            refund_rise_bp=(FactType.INT, "rise of the share of orders refunded against then; None: too few orders"),
            one_buyer_bp=(FactType.INT, "share of orders by the buyer with most of them; None: too few orders"),
        ),
        *looks(
            "past",
            entry_lift_bp=(FactType.INT, "entries of the day against the days before, 10,000 for twice; None: too few"),
            new_author_bp=(FactType.INT, "share of the day's authors who never handed in before; None: nobody did"),
            visit_lift_bp=(FactType.INT, "redemptions of the day against the days before; None: too few"),
            far_redemption_bp=(FactType.INT, "share of the day's redemptions far from the store; None: none is known"),
            segment_high_bp=(FactType.INT, "share of 高价值 among the three segments; None: too few people"),
            segment_potential_bp=(FactType.INT, "share of 潜力 among the three segments"),
            segment_new_bp=(FactType.INT, "share of 新晋 among the three segments"),
        ),
        *looks(
            "past",
            kept_image_count=(FactType.INT, "try-ons whose pictures are past their time and not told as deleted"),
            unseen_payment_count=(
                FactType.INT,
                "orders of its own channels of whose money WeChat Pay did not tell; None: it tells of none",
            ),
            untold_leak_count=(FactType.INT, "leaks past their time of which authority or people were not told"),
        ),
    ),
    occasion=("day",),
)
