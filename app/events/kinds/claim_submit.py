"""``claim.submit``: a buyer asks for compensation."""

from __future__ import annotations

from app.events.columns import looks, touches
from app.events.looks import ORDER
from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="claim.submit",
    subject="order",
    key="order_id",
    doc="A buyer asks for compensation.",
    facts=(
        Fact("order_id", FactType.TEXT, doc="the order; may be left out, it is the subject"),
        Fact("claim_ref", FactType.TEXT, doc="the shop's number of the request"),
        Fact("cause", FactType.TEXT, Presence.EXPECTED, doc="why, such as late_dispatch"),
        Fact("amount_fen", FactType.INT, unit="fen", doc="what is asked for"),
        Fact("buyer_ref", FactType.TEXT, doc="opaque reference of the buyer, where the order does not say it"),
        *ORDER,
        *looks("past", buyer_claim_count=(FactType.INT, "claims of the same buyer before; None: unknown buyer")),
    ),
    updates=(touches(),),
    occasion=("claim_ref",),
)
