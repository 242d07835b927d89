"""``product.publish``: goods are about to be put on sale."""

from __future__ import annotations

from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="product.publish",
    subject="sku",
    key="sku_id",
    doc="Goods are about to be put on sale.",
    facts=(
        Fact("sku_id", FactType.TEXT, doc="the goods; may be left out, they are the subject"),
        Fact("title", FactType.TEXT, doc="as buyers see it"),
        Fact("category", FactType.TEXT, doc="category of the goods, e.g. fresh_food, farm_produce"),
        Fact("price_fen", FactType.INT, unit="fen", doc="what one piece costs"),
        Fact("unit_cost_fen", FactType.INT, unit="fen", doc="what one piece costs the shop"),
        Fact("stock_count", FactType.INT, unit="count", doc="pieces that are there"),
        Fact("stock_type", FactType.TEXT, choices=("spot", "presale"), doc="left out: spot goods"),
        Fact("promise_hours", FactType.INT, unit="hours", doc="dispatch promise shown to buyers"),
        Fact("supplier_tier", FactType.TEXT, doc="strategic, distributor, local …"),
        Fact("custom_made", FactType.BOOL, doc="made to order"),
        Fact("is_county_produce", FactType.BOOL, doc="farm produce offered as from a county or village"),
        Fact("origin_place", FactType.TEXT, Presence.EXPECTED, doc="where it comes from, as shown; empty: not shown"),
        Fact("licence_ref", FactType.TEXT, Presence.EXPECTED, doc="the producer's licence or record; empty: none"),
        Fact("inspection_ref", FactType.TEXT, Presence.EXPECTED, doc="inspection or conformity mark; empty: none"),
    ),
)
