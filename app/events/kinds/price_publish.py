"""``price.publish``: a price is shown to buyers, a list price or one of a promotion."""

from __future__ import annotations

from app.events.columns import looks
from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="price.publish",
    subject="sku",
    key="sku_id",
    doc="A price is shown to buyers.",
    facts=(
        Fact("sku_id", FactType.TEXT, doc="the goods; may be left out, it is the subject"),
        Fact(
            "price_type",
            FactType.TEXT,
            Presence.REQUIRED,
            choices=("list", "promotion"),
            doc="the usual price, or one said to be lower than usual",
        ),
        Fact("price_fen", FactType.INT, Presence.REQUIRED, unit="fen", doc="what one piece costs"),
        Fact("list_fen", FactType.INT, unit="fen", doc="promotion: the usual price shown beside it"),
        Fact("unit_cost_fen", FactType.INT, unit="fen", doc="what one piece costs the shop, where it is known anew"),
        Fact("campaign_id", FactType.TEXT, doc="the campaign"),
        Fact(
            "clearance",
            FactType.TEXT,
            choices=("perishable", "seasonal", "overstock", "closing_down"),
            doc="why it may be sold below cost, shown to buyers",
        ),
        *looks(
            "past",
            unit_cost_fen=(FactType.INT, "unit cost as last told, this event included; None: never told"),
            list_rise_fen=(FactType.INT, "by how much the list price rose in the window; None: no list price known"),
        ),
    ),
    occasion=("price_type", "price_fen"),
)
