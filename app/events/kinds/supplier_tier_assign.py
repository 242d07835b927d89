"""``supplier.tier_assign``: somebody puts a supplier into a tier; the rank it should rest on is ours."""

from __future__ import annotations

from app.events.columns import changes, put
from app.events.looks import RANKED
from app.values.facts import EventKind, Fact, FactType, Happened, Presence, State


@changes("supplier", "supplier_id")
def _supplier(state: State, event: Happened) -> None:
    said = event.facts
    put(state, {"name": said.get("name"), "serves": said.get("serves")})
    put(state, {"assigned_tier": said["tier"], "assigned_at": event.at})


KIND = EventKind(
    name="supplier.tier_assign",
    subject="supplier",
    key="supplier_id",
    doc="A supplier was put into a tier.",
    facts=(
        Fact("supplier_id", FactType.TEXT, doc="the supplier; may be left out, it is the subject"),
        Fact("name", FactType.TEXT, doc="the supplier's name"),
        Fact(
            "tier",
            FactType.TEXT,
            Presence.REQUIRED,
            choices=("strategic", "distributor", "local"),
            doc="TOP 20 %, the 60 % between, BOT 20 %",
        ),
        Fact(
            "serves",
            FactType.TEXT,
            Presence.EXPECTED,
            choices=(
                "head_streamer",
                "brand_flagship",
                "small_merchant",
                "regional_brand",
                "individual_shop",
                "farm_produce",
            ),
            doc="whom it mainly supplies",
        ),
        *RANKED,
    ),
    updates=(_supplier,),
    occasion=("tier",),
)
