"""``order.cancel``: an order was cancelled before it was done."""

from __future__ import annotations

from app.events.columns import changes, first
from app.events.looks import ORDER
from app.events.told_once import TOLD_FACTS
from app.values.facts import EventKind, Fact, FactType, Happened, Presence, State


@changes("order", "order_id")
def _order(state: State, event: Happened) -> None:
    first(state, "cancelled_at", event.at)
    first(state, "cancel_type", event.facts.get("cancel_type"))


KIND = EventKind(
    name="order.cancel",
    subject="order",
    key="order_id",
    doc="An order was cancelled.",
    facts=(
        Fact("order_id", FactType.TEXT, doc="the order's id; may be left out, it is the subject"),
        Fact(
            "cancel_type",
            FactType.TEXT,
            Presence.EXPECTED,
            choices=("buyer", "timeout", "after_sale", "oversold"),
            doc="by whom or why; oversold: the merchant had no goods",
        ),
        *ORDER,
        *TOLD_FACTS,
    ),
    updates=(_order,),
)
