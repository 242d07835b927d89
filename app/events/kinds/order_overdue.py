"""``order.overdue``: the latest dispatch has passed and the order was not wholly sent off."""

from __future__ import annotations

from collections.abc import Iterable

from app.events.dispatch import dispatch_due
from app.events.dues import DUE_FACTS, earliest
from app.events.looks import ORDER
from app.values.facts import Due, Dues, EventKind, Fact, FactType, State
from app.values.policy import Policy


def _dues(order: State, _order: State, policy: Policy) -> Iterable[Due]:
    if (due := dispatch_due(order, policy)) is not None:
        ended = earliest(order.get("cancelled_at"), order.get("fully_refunded_at"))
        yield Due("dispatch", due, met_at=order.get("shipped_at"), ended_at=ended)


KIND = EventKind(
    name="order.overdue",
    subject="order",
    key="order_id",
    sent=False,
    doc="The latest dispatch has passed and the order was not wholly sent off.",
    facts=(Fact("order_id", FactType.TEXT, doc="the order"), *DUE_FACTS, *ORDER),
    occasion=("deadline",),
    dues=Dues("order", _dues),
)
