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
            segment_high_bp=(FactType.INT, "share of 高价值 among the three segments; None: too few people"),
            segment_potential_bp=(FactType.INT, "share of 潜力 among the three segments"),
            segment_new_bp=(FactType.INT, "share of 新晋 among the three segments"),
        ),
    ),
    occasion=("day",),
)
