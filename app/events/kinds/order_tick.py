"""``order.tick``: moments before and beside an order's deadline at which somebody should be told."""

from __future__ import annotations

from collections.abc import Iterable

from app.events.dispatch import dispatch_due
from app.events.dues import DUE_FACTS, earliest
from app.events.looks import ORDER
from app.values.facts import Due, Dues, EventKind, Fact, FactType, State
from app.values.policy import Policy

SOON = "compensation.dispatch_soon_hours"
LAST_TALK = "compensation.last_negotiation_hours"
STRATEGIC = "compensation.strategic_dispatch_hours"


def _dues(order: State, _order: State, policy: Policy) -> Iterable[Due]:
    due = dispatch_due(order, policy)
    if due is None:
        return
    shipped, ended = order.get("shipped_at"), earliest(order.get("cancelled_at"), order.get("fully_refunded_at"))
    for name, parameter in (("dispatch_soon", SOON), ("last_negotiation", LAST_TALK)):
        if (before := policy.span(parameter)) is not None:
            yield Due(name, due - before, shipped, ended)
    own = policy.span(STRATEGIC)
    paid_at = order.get("paid_at")
    if own is not None and paid_at is not None and order.get("supplier_tier") == "strategic" and paid_at + own < due:
        yield Due("strategic_dispatch", paid_at + own, shipped, ended)


KIND = EventKind(
    name="order.tick",
    subject="order",
    key="order_id",
    sent=False,
    doc="An order's dispatch is near its deadline, or past what the shop set itself.",
    facts=(Fact("order_id", FactType.TEXT, doc="the order"), *DUE_FACTS, *ORDER),
    occasion=("deadline",),
    dues=Dues("order", _dues, needs_feed=False),
)
