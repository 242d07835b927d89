"""``topup.spend``: something was bought with money paid in advance."""

from __future__ import annotations

from app.events.columns import changes, noted
from app.values.facts import EventKind, Fact, FactType, Happened, Presence, State


@changes("topup", "topup_id")
def _spent(state: State, event: Happened) -> None:
    known = noted(state, "spends", str(event.facts.get("spend_id") or event.id), event.facts["spent_fen"])
    state["spent_fen"] = sum(known.values())


KIND = EventKind(
    name="topup.spend",
    subject="topup",
    key="topup_id",
    doc="Something was bought with money paid in advance.",
    facts=(
        Fact("topup_id", FactType.TEXT, doc="the payment's number; may be left out, it is the subject"),
        Fact("spend_id", FactType.TEXT, doc="the purchase, so that it counts once"),
        Fact("spent_fen", FactType.INT, Presence.REQUIRED, unit="fen", doc="how much of it was used"),
        Fact("order_id_bought", FactType.TEXT, doc="the order that was paid with it"),
    ),
    updates=(_spent,),
)
