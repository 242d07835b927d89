"""``fund.recover``: a claim was paid some time ago, and the merchant should have been asked for it.

The service tells it of its own claims a day after the payment, and again when a recovery stays open for long.
"""

from __future__ import annotations

from app.events.columns import touches
from app.events.looks import ORDER
from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="fund.recover",
    subject="claim",
    key="claim_id",
    doc="How the recovery of a paid claim stands.",
    facts=(
        Fact("claim_id", FactType.TEXT, doc="the claim; may be left out, it is the subject"),
        Fact("order_id", FactType.TEXT, doc="the order it is about"),
        Fact("amount_fen", FactType.INT, Presence.REQUIRED, unit="fen", doc="what was paid"),
        Fact("open_fen", FactType.INT, Presence.EXPECTED, unit="fen", doc="what of it the merchant still owes"),
        Fact("left_at", FactType.INSTANT, Presence.EXPECTED, doc="when the money left"),
        Fact("asked_at", FactType.INSTANT, doc="when the merchant was asked for it; None: not yet"),
        Fact("has_basis", FactType.BOOL, Presence.EXPECTED, doc="the calculation was attached to the notice"),
        Fact("stage", FactType.TEXT, choices=("day", "long"), doc="which look it is: after a day, or open for long"),
        *ORDER,
    ),
    updates=(touches(),),
    occasion=("claim_id", "stage"),
    by_service=True,
)
