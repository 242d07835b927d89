"""``review.display``: how a shop shows the reviews of its buyers; counted by the shop, compared by the rules."""

from __future__ import annotations

from app.events.columns import looks
from app.values.facts import EventKind, Fact, FactType, Presence

_COUNT = (FactType.INT, Presence.EXPECTED)

KIND = EventKind(
    name="review.display",
    subject="product",
    key="product_id",
    doc="The reviews of a product as buyers see them.",
    facts=(
        Fact("product_id", FactType.TEXT, doc="the product; may be left out, it is the subject"),
        Fact("review_count", *_COUNT, unit="count", doc="reviews there are"),
        Fact("bad_count", *_COUNT, unit="count", doc="bad ones among them"),
        Fact("deleted_count", *_COUNT, unit="count", doc="reviews deleted or hidden without an unlawful text"),
        Fact("front_count", *_COUNT, unit="count", doc="reviews on the first page"),
        Fact("front_bad_count", *_COUNT, unit="count", doc="bad ones among those"),
        *looks(
            "past",
            review_lost_count=(FactType.INT, "reviews told before and there no more; None: none were told before"),
            bad_review_lost_count=(FactType.INT, "bad ones among them, by the counts of bad ones"),
        ),
    ),
)
