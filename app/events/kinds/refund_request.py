"""``refund.request``: the merchant is about to refund; money that was shared has to come back first."""

from __future__ import annotations

from app.events.columns import looks, touches
from app.events.looks import ORDER
from app.events.payments import CONTESTED
from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="refund.request",
    subject="order",
    key="order_id",
    doc="A refund is about to be asked for.",
    facts=(
        Fact("order_id", FactType.TEXT, doc="the order's id; may be left out, it is the subject"),
        Fact("refund_fen", FactType.INT, Presence.REQUIRED, unit="fen", doc="what is to be refunded"),
        Fact("split_fen", FactType.INT, Presence.EXPECTED, unit="fen", doc="what receivers of profit sharing got"),
        Fact("returned_fen", FactType.INT, Presence.EXPECTED, unit="fen", doc="what of it came back"),
        Fact("available_fen", FactType.INT, Presence.EXPECTED, unit="fen", doc="what the payer can refund from"),
        *ORDER,
        *CONTESTED,
        *looks("past", frozen_count=(FactType.INT, "freezes that stand on the order; None: it is not known")),
        *looks(
            "past",
            split_unreturned_fen=(
                FactType.INT,
                "what receivers of the order's money still hold; None: no split is known",
            ),
        ),
        *looks(
            "order",
            crossborder=(FactType.BOOL, "it came in by cross-border retail import; None: nobody said so"),
            customs_released_at=(FactType.INSTANT, "when customs released it; None: not told"),
        ),
    ),
    updates=(touches(),),
    occasion=("refund_fen",),
)
