"""``topup.create``: a customer pays in advance, often for something on top."""

from __future__ import annotations

from app.events.columns import copies, looks
from app.values.evidence import EVIDENCE
from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="topup.create",
    subject="topup",
    key="topup_id",
    at="paid_at",
    doc="A customer pays in advance; or the plan of such payments is checked.",
    facts=(
        Fact("topup_id", FactType.TEXT, doc="the payment's number; may be left out, it is the subject"),
        Fact("paid_at", FactType.INSTANT, doc="when it was paid; left out: occurred_at"),
        Fact("paid_fen", FactType.INT, Presence.REQUIRED, unit="fen", doc="what is paid"),
        Fact("bonus_fen", FactType.INT, unit="fen", doc="what is given on top; None: nothing"),
        Fact("person_ref", FactType.TEXT, doc="opaque reference of the customer"),
        Fact("transaction_id", FactType.TEXT, doc="WeChat Pay's transaction"),
        Fact("contract_signed", FactType.BOOL, Presence.EXPECTED, doc="there is a written contract"),
        Fact("refund_rules_shown", FactType.BOOL, Presence.EXPECTED, doc="how it can be asked back is agreed"),
        *looks(
            "past",
            topup_window_fen=(
                FactType.INT,
                "what the customer paid in advance in the window, this included; None: unknown",
            ),
        ),
        EVIDENCE,
    ),
    updates=(copies("topup", "topup_id", "person_ref", "transaction_id", "paid_at", "paid_fen", "bonus_fen"),),
)
