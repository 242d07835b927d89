"""``seller.info``: a harmed buyer asked the platform who the seller is, and this could be answered."""

from __future__ import annotations

from app.events.columns import touches
from app.events.looks import ORDER
from app.values.evidence import EVIDENCE
from app.values.facts import EventKind, Fact, FactType, Presence

_BOOL, _EXPECTED = FactType.BOOL, Presence.EXPECTED

KIND = EventKind(
    name="seller.info",
    subject="order",
    key="order_id",
    doc="Whether a harmed buyer could be told who the seller is, and where (消费者权益保护法第四十四条).",
    facts=(
        Fact("order_id", FactType.TEXT, doc="the order; may be left out, it is the subject"),
        Fact("is_harmed", _BOOL, Presence.REQUIRED, doc="the buyer's rights were harmed"),
        Fact("name_given", _BOOL, _EXPECTED, doc="the true name could be given"),
        Fact("address_given", _BOOL, _EXPECTED, doc="the address could be given"),
        Fact("contact_given", _BOOL, _EXPECTED, doc="a valid contact could be given"),
        Fact("loss_fen", FactType.INT, unit="fen", doc="the loss, where it is known; None: what was paid"),
        *ORDER,
        EVIDENCE,
    ),
    updates=(touches(),),
)
