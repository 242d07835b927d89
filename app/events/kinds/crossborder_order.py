"""``crossborder.order``: an order is to be brought in by cross-border retail import."""

from __future__ import annotations

from app.events.columns import changes, looks, put
from app.events.consent_facts import KEPT
from app.values.facts import EventKind, Fact, FactType, Happened, Presence, State


@changes("order", "order_id")
def _order(state: State, event: Happened) -> None:
    state["crossborder"] = True
    put(state, {"customs_released_at": event.facts.get("customs_released_at")})
    put(state, {"buyer_ref": event.facts.get("buyer_ref")})


KIND = EventKind(
    name="crossborder.order",
    subject="order",
    key="order_id",
    doc="An order is to be brought in by cross-border retail import.",
    facts=(
        Fact("order_id", FactType.TEXT, doc="the order's id; may be left out, it is the subject"),
        Fact("customs_fen", FactType.INT, Presence.REQUIRED, unit="fen", doc="its dutiable value"),
        Fact("buyer_ref", FactType.TEXT, Presence.EXPECTED, doc="opaque reference of who buys"),
        Fact("customs_released_at", FactType.INSTANT, doc="when customs released it; None: not yet"),
        Fact("risk_notice_shown", FactType.BOOL, Presence.EXPECTED, doc="the notice of risks was shown and accepted"),
        Fact(
            "separate_consent",
            FactType.BOOL,
            Presence.EXPECTED,
            doc="consent was given to exactly this use of the identity for customs, by itself",
        ),
        Fact("is_resale", FactType.BOOL, doc="it is known to be bought for selling again"),
        *KEPT,
        *looks(
            "past",
            crossborder_year_fen=(
                FactType.INT,
                "dutiable value of the buyer's cross-border orders of the year, this one included; None: unknown buyer",
            ),
        ),
    ),
    updates=(_order,),
    occasion=("customs_fen",),
)
