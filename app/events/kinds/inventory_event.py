"""``inventory.event``: the stock of goods moved, or ran out under open orders."""

from __future__ import annotations

from app.events.columns import looks
from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="inventory.event",
    subject="sku",
    key="sku_id",
    doc="The stock of goods moved, or the platform says it is not enough.",
    facts=(
        Fact("sku_id", FactType.TEXT, doc="the goods; may be left out, it is the subject"),
        Fact("stock_count", FactType.INT, Presence.EXPECTED, unit="count", doc="what is there"),
        Fact("open_order_count", FactType.INT, Presence.EXPECTED, unit="count", doc="paid and not sent"),
        Fact("not_enough", FactType.BOOL, doc="the platform says that it does not suffice"),
        *looks("past", available_count=(FactType.INT, "the stock less the paid orders that name it and are not sent")),
    ),
)
