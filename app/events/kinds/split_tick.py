"""``split.tick``: the frozen money of an order is about to be set free by the platform."""

from __future__ import annotations

from collections.abc import Iterable

from app.events.dues import DUE_FACTS
from app.events.looks import ORDER
from app.values.facts import Due, Dues, EventKind, Fact, FactType, State
from app.values.policy import Policy

FROZEN = "compensation.split_frozen_days"
SOON = "compensation.split_soon_days"


def _dues(order: State, _order: State, policy: Policy) -> Iterable[Due]:
    paid_at, frozen, before = order.get("paid_at"), policy.span(FROZEN), policy.span(SOON)
    if paid_at is None or not order.get("profit_sharing") or frozen is None:
        return
    settled, ended = order.get("unfrozen_at"), order.get("fully_refunded_at")
    if before is not None:
        yield Due("unfreeze_soon", paid_at + frozen - before, settled, ended)
    yield Due("unfreeze", paid_at + frozen, settled, ended)


KIND = EventKind(
    name="split.tick",
    subject="order",
    key="order_id",
    sent=False,
    doc="Money that is to be shared is set free to the payer's side soon, or was.",
    facts=(Fact("order_id", FactType.TEXT, doc="the order"), *DUE_FACTS, *ORDER),
    occasion=("deadline",),
    dues=Dues("order", _dues, needs_feed=False),
)
