"""``ad.false_confirmed``: a person or an authority found that an advertisement deceived a buyer who now claims."""

from __future__ import annotations

from app.events.columns import touches
from app.events.looks import ORDER
from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="ad.false_confirmed",
    subject="order",
    key="order_id",
    doc="False advertising was established for an order.",
    facts=(
        Fact("order_id", FactType.TEXT, doc="the order; may be left out, it is the subject"),
        Fact("price_fen", FactType.INT, Presence.REQUIRED, unit="fen", doc="price of the goods"),
        Fact("confirmed_by", FactType.TEXT, Presence.REQUIRED, doc="officer or authority who established it"),
        Fact("claimed", FactType.BOOL, Presence.EXPECTED, doc="the buyer demands it"),
        *ORDER,
    ),
    updates=(touches(),),
)
