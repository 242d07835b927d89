"""``product.publish``: goods are about to be offered; what is promised is held against what is there."""

from __future__ import annotations

from app.events.columns import looks
from app.values.evidence import EVIDENCE
from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="product.publish",
    subject="sku",
    key="sku_id",
    doc="Goods are about to be offered.",
    facts=(
        Fact("sku_id", FactType.TEXT, doc="the goods; may be left out, it is the subject"),
        Fact("title", FactType.TEXT, doc="title of the offer"),
        Fact("description", FactType.TEXT, doc="what the buyer reads about the goods"),
        Fact("category", FactType.TEXT, doc="category of the goods, e.g. fresh_food, farm_produce"),
        Fact("price_fen", FactType.INT, unit="fen", doc="what one piece costs"),
        Fact("unit_cost_fen", FactType.INT, unit="fen", doc="what one piece costs the shop"),
        Fact("is_county_produce", FactType.BOOL, doc="farm produce offered as from a county or village"),
        Fact("origin_place", FactType.TEXT, Presence.EXPECTED, doc="where it comes from, as shown; empty: not shown"),
        Fact("licence_ref", FactType.TEXT, Presence.EXPECTED, doc="the producer's licence or record; empty: none"),
        Fact("inspection_ref", FactType.TEXT, Presence.EXPECTED, doc="inspection or conformity mark; empty: none"),
        Fact("stock_type", FactType.TEXT, choices=("spot", "presale"), doc="as shown; left out: nothing is claimed"),
        Fact("stock_count", FactType.INT, unit="count", doc="what is there; left out: as inventory.event said last"),
        Fact("promise_hours", FactType.INT, unit="hours", doc="dispatch promise shown to buyers"),
        Fact("special_dispatch_filed", FactType.BOOL, doc="a longer dispatch was filed with the platform"),
        Fact("supplier_id", FactType.TEXT, doc="whose goods they are"),
        Fact("supplier_tier", FactType.TEXT, doc="the supplier's tier as the merchant says it"),
        Fact("custom_made", FactType.BOOL, doc="made to order; None: read from title and description"),
        Fact("delivery_cycle_days", FactType.INT, unit="days", doc="days a made-to-order piece takes, as shown"),
        Fact("return_limit_confirmed", FactType.BOOL, doc="the buyer has to confirm the limited return while buying"),
        *looks(
            "past",
            Presence.EXPECTED,
            available_count=(FactType.INT, "stock less the paid orders not sent yet; unknown: no stock was told"),
        ),
        *looks("past", ranked_tier=(FactType.TEXT, "the supplier's tier by its rank; None: not ranked")),
        EVIDENCE,
    ),
)
