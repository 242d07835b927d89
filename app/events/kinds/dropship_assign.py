"""``dropship.assign``: an order was handed to somebody else to send."""

from __future__ import annotations

from app.events.columns import touches
from app.events.looks import ORDER
from app.values.evidence import EVIDENCE
from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="dropship.assign",
    subject="order",
    key="order_id",
    doc="An order was assigned to a dropshipping supplier.",
    facts=(
        Fact("order_id", FactType.TEXT, doc="the order; may be left out, it is the subject"),
        Fact("supplier_id", FactType.TEXT, doc="who sends it"),
        Fact("operator_disclosed", FactType.BOOL, Presence.EXPECTED, doc="the real seller is shown"),
        Fact("recipient_authorised", FactType.BOOL, Presence.EXPECTED, doc="the recipient's data may be passed on"),
        *ORDER,
        EVIDENCE,
    ),
    updates=(touches(),),
)
