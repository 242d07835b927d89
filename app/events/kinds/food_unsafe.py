"""``food.unsafe``: food that was sold does not meet the safety standard."""

from __future__ import annotations

from app.events.columns import touches
from app.events.looks import ORDER
from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="food.unsafe",
    subject="order",
    key="order_id",
    doc="Food of an order was found to be unsafe.",
    facts=(
        Fact("order_id", FactType.TEXT, doc="the order; may be left out, it is the subject"),
        Fact("price_fen", FactType.INT, Presence.REQUIRED, unit="fen", doc="price of the food"),
        Fact("loss_fen", FactType.INT, unit="fen", doc="the buyer's loss"),
        Fact("knowingly", FactType.BOOL, Presence.EXPECTED, doc="the merchant knew, or it made the food"),
        Fact("confirmed_by", FactType.TEXT, Presence.REQUIRED, doc="officer or authority who established it"),
        *ORDER,
    ),
    updates=(touches(),),
)
