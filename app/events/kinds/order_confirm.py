"""``order.confirm``: the buyer, or time, confirmed that the goods came."""

from __future__ import annotations

from app.events.columns import changes, first
from app.events.looks import ORDER
from app.events.told_once import TOLD_FACTS
from app.values.facts import EventKind, Fact, FactType, Happened, State


@changes("order", "order_id")
def _order(state: State, event: Happened) -> None:
    first(state, "confirmed_at", event.at)


KIND = EventKind(
    name="order.confirm",
    subject="order",
    key="order_id",
    doc="The buyer, or time, confirmed that the goods came.",
    facts=(
        Fact("order_id", FactType.TEXT, doc="the order's id; may be left out, it is the subject"),
        *ORDER,
        *TOLD_FACTS,
    ),
    updates=(_order,),
)
