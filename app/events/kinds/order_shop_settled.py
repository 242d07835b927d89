"""``order.shop_settled``: a person said which of several shops has an order; each shop's line has one of its own.

Where ``is_here`` is false nothing on the line happened in this shop, until a person says otherwise.
"""

from __future__ import annotations

from app.events.columns import changes
from app.events.payments import recount
from app.events.shops_told import SETTLES_SHOP, note
from app.values.facts import EventKind, Fact, FactType, Happened, Presence, State


@changes("order", "order_id")
def _order(state: State, event: Happened) -> None:
    note(state, event)
    recount(state)


KIND = EventKind(
    name=SETTLES_SHOP,
    subject="order",
    key="order_id",
    sent=False,
    doc="A person said which of several shops has an order.",
    facts=(
        Fact("order_id", FactType.TEXT, doc="the order"),
        Fact("doubt_id", FactType.TEXT, Presence.REQUIRED, doc="the doubt that was settled"),
        Fact("is_here", FactType.BOOL, Presence.REQUIRED, doc="this shop has it"),
    ),
    updates=(_order,),
)
