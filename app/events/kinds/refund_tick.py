"""``refund.tick``: the merchant has the goods back and the buyer still waits for the money."""

from __future__ import annotations

from collections.abc import Iterable

from app.events.dues import DUE_FACTS
from app.events.looks import ORDER, REFUND
from app.values.facts import Due, Dues, EventKind, Fact, FactType, State
from app.values.policy import Policy

REFUND_DAYS = (("refund", "compensation.refund_days"), ("refund_unlawful", "compensation.refund_unlawful_days"))


def _dues(refund: State, _order: State, policy: Policy) -> Iterable[Due]:
    received_at = refund.get("return_received_at")
    if received_at is None or refund.get("type") == "exchange":
        return
    for name, parameter in REFUND_DAYS:
        if (within := policy.span(parameter)) is not None:
            yield Due(name, received_at + within, refund.get("refunded_at"), refund.get("closed_at"))


KIND = EventKind(
    name="refund.tick",
    subject="refund",
    key="after_sale_id",
    sent=False,
    doc="A refund is overdue, counted from when the merchant had the goods back.",
    facts=(Fact("after_sale_id", FactType.TEXT, doc="the after-sale"), *DUE_FACTS, *ORDER, *REFUND),
    occasion=("deadline",),
    dues=Dues("refund", _dues),
)
