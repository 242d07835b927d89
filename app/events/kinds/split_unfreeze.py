"""``split.unfreeze``: what was not shared was set free to the merchant; nothing can be shared any more."""

from __future__ import annotations

from app.events.columns import changes, first, looks
from app.events.looks import ITS_PAYMENT, ORDER
from app.events.told_once import TOLD_FACTS
from app.values.facts import EventKind, Fact, FactType, Happened, Presence, State


@changes("order", "order_id")
def _order(state: State, event: Happened) -> None:
    first(state, "unfrozen_at", event.at)


KIND = EventKind(
    name="split.unfreeze",
    subject="transaction",
    key="transaction_id",
    doc="The rest of a payment was unfrozen.",
    facts=(
        Fact("transaction_id", FactType.TEXT, doc="the payment; may be left out, it is the subject"),
        Fact("order_id", FactType.TEXT, doc="the order, where it is known"),
        Fact("amount_fen", FactType.INT, Presence.EXPECTED, unit="fen", doc="what was set free"),
        Fact("automatic", FactType.BOOL, doc="by time, not on request"),
        *ORDER,
        *TOLD_FACTS,
        *ITS_PAYMENT,
        *looks("past", order_shared_fen=(FactType.INT, "what splits of the payment shared so far; None: no split")),
    ),
    updates=(_order,),
)
