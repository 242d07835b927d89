"""``order.shop_settled``: a person said which of several shops has an order; each shop's line has one of its own.

Where ``is_here`` is false nothing on the line happened in this shop, until a person says otherwise.
"""

from __future__ import annotations

from app.events.payments import shops_noted
from app.events.shops_told import SETTLES_SHOP
from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name=SETTLES_SHOP,
    subject="order",
    key="order_id",
    sent=False,
    doc="A person said which of several shops has an order.",
    facts=(
        Fact("order_id", FactType.TEXT, doc="the order"),
        Fact("doubt_id", FactType.TEXT, Presence.REQUIRED, doc="the doubt that was settled"),
        Fact("is_here", FactType.BOOL, Presence.REQUIRED, doc="this shop has it"),
    ),
    updates=(shops_noted,),
)
