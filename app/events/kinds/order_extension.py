"""``order.extension``: a later dispatch was asked for, agreed to or refused; only an agreement moves the deadline."""

from __future__ import annotations

from app.events.columns import changes, noted
from app.events.looks import ORDER
from app.values.facts import EventKind, Fact, FactType, Happened, Presence, State


@changes("order", "order_id")
def _order(state: State, event: Happened) -> None:
    name = event.facts.get("extension_id") or event.id
    asked = noted(state, "extensions", str(name), event.facts["answer"])
    state["extension_count"] = len(asked)
    until = event.facts.get("extended_to_at")
    if event.facts["answer"] == "agreed" and until is not None:
        state["extended_to_at"] = max(state.get("extended_to_at") or until, until)


KIND = EventKind(
    name="order.extension",
    subject="order",
    key="order_id",
    doc="A later dispatch was negotiated with the buyer.",
    facts=(
        Fact("order_id", FactType.TEXT, doc="the order's id; may be left out, it is the subject"),
        Fact("extension_id", FactType.TEXT, doc="which negotiation; left out: each event is one"),
        Fact(
            "answer",
            FactType.TEXT,
            Presence.REQUIRED,
            choices=("asked", "agreed", "refused", "timeout"),
            doc="what came of it so far",
        ),
        Fact("extended_to_at", FactType.INSTANT, doc="the new latest dispatch"),
        Fact(
            "reason",
            FactType.TEXT,
            choices=("buyer_asked", "out_of_stock", "stock_guarantee", "wrong_address"),
            doc="why",
        ),
        *ORDER,
    ),
    updates=(_order,),
    occasion=("extension_id", "answer"),
)
