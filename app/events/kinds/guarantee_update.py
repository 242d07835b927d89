"""``guarantee.update``: an order of the platform's own guarantee (three times for fakes, damage on arrival)."""

from __future__ import annotations

from app.events.columns import changes, looks, noted
from app.events.looks import ORDER
from app.events.told_once import TOLD_FACTS
from app.values.facts import EventKind, Fact, FactType, Happened, Presence, State


@changes("order", "order_id")
def _order(state: State, event: Happened) -> None:
    if event.facts["status"] == "paid":
        paid = noted(state, "guarantees", str(event.facts["guarantee_order_id"]), event.facts.get("amount_fen") or 0)
        state["guaranteed_fen"] = sum(paid.values())


KIND = EventKind(
    name="guarantee.update",
    subject="guarantee",
    key="guarantee_order_id",
    doc="An order of the platform's guarantee was opened, decided or paid.",
    facts=(
        Fact("guarantee_order_id", FactType.TEXT, doc="the guarantee order; may be left out, it is the subject"),
        Fact("order_id", FactType.TEXT, Presence.REQUIRED, doc="the order it is about"),
        Fact(
            "type",
            FactType.TEXT,
            Presence.REQUIRED,
            choices=("fake", "damaged"),
            doc="which guarantee: 假一赔三 or 坏损包退",
        ),
        Fact(
            "status",
            FactType.TEXT,
            Presence.REQUIRED,
            choices=("opened", "upheld", "refused", "paid"),
            doc="where it stands",
        ),
        Fact("product_fen", FactType.INT, Presence.EXPECTED, unit="fen", doc="price of the goods"),
        Fact("identify_fee_fen", FactType.INT, Presence.EXPECTED, unit="fen", doc="what finding out cost the buyer"),
        Fact("damaged_bp", FactType.INT, Presence.EXPECTED, unit="bp", doc="the damaged part"),
        Fact("freight_fen", FactType.INT, Presence.EXPECTED, unit="fen", doc="what sending cost"),
        Fact("amount_fen", FactType.INT, unit="fen", doc="what the platform paid"),
        *ORDER,
        *TOLD_FACTS,
        *looks(
            "past",
            other_order_count=(FactType.INT, "other orders it was told of; None: it names none"),
            like_guarantee_count=(
                FactType.INT,
                "numbers under which the same was told too",
            ),
            guaranteed_goods_fen=(FactType.INT, "price of the goods of all that were not refused"),
        ),
    ),
    updates=(_order,),
    occasion=("guarantee_order_id", "status"),
)
