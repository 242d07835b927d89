"""``content.plan``: what a shop put out over the last days is held against the 3:5:2 mix; told by the service daily."""

from __future__ import annotations

from app.events.columns import looks
from app.values.facts import EventKind, Fact, FactType

KIND = EventKind(
    name="content.plan",
    subject="shop",
    doc="The contents of a shop are counted by their part of the mix.",
    facts=(
        Fact("day", FactType.TEXT, doc="which day, in China"),
        *looks(
            "past",
            mix_count=(FactType.INT, "contents sent in the window"),
            mix_known_count=(FactType.INT, "those whose part is declared or seen"),
            mix_product_bp=(FactType.INT, "product explanations among those known; None: none is known"),
            mix_testimonial_bp=(FactType.INT, "buyers' testimonies among those known"),
            mix_welfare_bp=(FactType.INT, "welfare among those known"),
            mix_unknown_bp=(FactType.INT, "contents of no known part among all; None: none was sent"),
        ),
    ),
    occasion=("day",),
)
