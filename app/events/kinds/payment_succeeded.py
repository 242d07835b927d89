"""``payment.succeeded``: WeChat Pay's own word that money came in; joined to its order by the transaction."""

from __future__ import annotations

from app.events.columns import copies, looks
from app.events.looks import PAID
from app.events.payments import CONTESTED, payment_told
from app.values.facts import EventKind, Fact, FactType, Origin, Presence

_SAID = (Presence.REQUIRED, Origin.PLATFORM)

KIND = EventKind(
    name="payment.succeeded",
    subject="transaction",
    key="transaction_id",
    at="paid_at",
    doc="A payment succeeded. Without an order's id it waits for the order of the same transaction.",
    facts=(
        Fact(
            "transaction_id",
            FactType.TEXT,
            origin=Origin.PLATFORM,
            doc="the payment; may be left out, it is the subject",
        ),
        Fact("order_id", FactType.TEXT, doc="the order, where the payment says it"),
        Fact("out_trade_no", FactType.TEXT, origin=Origin.PLATFORM, doc="the merchant's number"),
        Fact("paid_at", FactType.INSTANT, *_SAID, doc="success_time"),
        Fact("paid_fen", FactType.INT, *_SAID, unit="fen", doc="amount.total"),
        Fact("payer_fen", FactType.INT, origin=Origin.PLATFORM, unit="fen", doc="amount.payer_total"),
        Fact("trade_state", FactType.TEXT, origin=Origin.PLATFORM, doc="SUCCESS and the like"),
        Fact("profit_sharing", FactType.BOOL, origin=Origin.PLATFORM, doc="settle_info.profit_sharing"),
        *PAID,
        *CONTESTED,
        *looks("past", other_order_count=(FactType.INT, "other orders it was told of; None: it names none")),
    ),
    updates=(
        copies("order", "order_id", "profit_sharing"),
        payment_told,
    ),
    occasion=("transaction_id",),
)
