"""``order.shops_told``: the same order was told for another shop, too, or after all it was not.

Every shop's line has one of its own, which holds only what that shop told. The newest counts.
"""

from __future__ import annotations

from app.events.columns import looks
from app.events.payments import shops_noted
from app.events.shops_told import TELLS
from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name=TELLS,
    subject="order",
    key="order_id",
    sent=False,
    doc="The same order was told for another shop, too; or what spoke for that holds no more.",
    facts=(
        Fact("order_id", FactType.TEXT, doc="the order"),
        Fact("doubt_id", FactType.TEXT, Presence.REQUIRED, doc="what the events of all its shops share"),
        Fact("is_shared", FactType.BOOL, Presence.REQUIRED, doc="it is one order; false: it is not after all"),
        Fact("same_facts", FactType.TEXT_LIST, Presence.REQUIRED, doc="what both shops told alike: transaction_id …"),
        Fact("told_first", FactType.BOOL, Presence.REQUIRED, doc="this shop was the first to tell of it"),
        Fact("is_asked", FactType.BOOL, Presence.REQUIRED, doc="the case about it is this shop's"),
        Fact("times_count", FactType.INT, Presence.REQUIRED, unit="count", doc="which doubt of it this is, from 1"),
        Fact("first_event", FactType.TEXT, Presence.REQUIRED, doc="the shop's first event of the order"),
        Fact("first_source", FactType.TEXT, Presence.REQUIRED, doc="who told it"),
        Fact("first_at", FactType.INSTANT, Presence.REQUIRED, doc="when it happened"),
        Fact(
            "paid_fen",
            FactType.INT,
            Presence.REQUIRED,
            unit="fen",
            doc="what the shop says was paid; 0: it did not say",
        ),
        Fact("payment_no", FactType.TEXT, doc="the payment the shop names; None: it names none"),
        *looks("telling", is_open=(FactType.BOOL, "nobody has said since which shop has the order")),
    ),
    updates=(shops_noted,),
    occasion=("times_count",),
)
