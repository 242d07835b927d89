"""``order.urge``: the buyer urges the merchant to ship."""

from __future__ import annotations

from app.events.columns import changes, noted
from app.events.looks import ORDER
from app.values.facts import EventKind, Fact, FactType, Happened, State


@changes("order", "order_id")
def _order(state: State, event: Happened) -> None:
    state["urge_count"] = len(noted(state, "urges", event.id, event.at.isoformat()))


KIND = EventKind(
    name="order.urge",
    subject="order",
    key="order_id",
    doc="The buyer urged the merchant to ship.",
    facts=(
        Fact("order_id", FactType.TEXT, doc="the order's id; may be left out, it is the subject"),
        *ORDER,
    ),
    updates=(_order,),
)
