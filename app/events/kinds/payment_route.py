"""``payment.route``: where a buyer's money is led before anybody has it."""

from __future__ import annotations

from app.events.columns import touches
from app.events.looks import ORDER
from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="payment.route",
    subject="order",
    key="order_id",
    doc="The payee of an order was chosen.",
    facts=(
        Fact("order_id", FactType.TEXT, doc="the order's id; may be left out, it is the subject"),
        Fact(
            "payee_type",
            FactType.TEXT,
            Presence.REQUIRED,
            choices=("merchant", "platform", "person"),
            doc="whose account it is: the selling merchant's, the platform's own, a natural person's",
        ),
        Fact("payee_account", FactType.TEXT, doc="the account, such as a merchant number"),
        *ORDER,
    ),
    updates=(touches(),),
    occasion=("payee_type",),
)
