"""``order.payment_settled``: a person said which of several contradicting tellings of a payment counts.

It stands before the payment on the order's time line, so that everything since is judged by what was settled.
"""

from __future__ import annotations

from app.events.payments import payment_settled
from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="order.payment_settled",
    subject="order",
    key="order_id",
    sent=False,
    doc="A person said which of several contradicting tellings of a payment counts.",
    facts=(
        Fact("order_id", FactType.TEXT, doc="the order"),
        Fact("counts", FactType.TEXT, Presence.REQUIRED, doc="the telling that counts"),
        Fact("among", FactType.TEXT_LIST, Presence.REQUIRED, doc="the tellings that were weighed"),
    ),
    updates=(payment_settled,),
)
