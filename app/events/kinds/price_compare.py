"""``price.compare``: a price is shown beside a higher one that is struck through."""

from __future__ import annotations

from app.events.columns import looks
from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="price.compare",
    subject="sku",
    key="sku_id",
    doc="A price is shown beside a higher one, such as one that is struck through.",
    facts=(
        Fact("sku_id", FactType.TEXT, doc="the goods; may be left out, it is the subject"),
        Fact("compare_fen", FactType.INT, Presence.REQUIRED, unit="fen", doc="the higher price it is held against"),
        Fact("price_fen", FactType.INT, unit="fen", doc="what buyers pay"),
        Fact("basis", FactType.TEXT, doc="what the higher price is, as buyers read it; None: it is not said"),
        Fact("promotion_starts_at", FactType.INSTANT, doc="when the comparison begins; left out: occurred_at"),
        *looks(
            "past",
            least_deal_fen=(FactType.INT, "lowest deal in the window before it; None: no deal"),
            last_deal_fen=(FactType.INT, "last deal before it; None: there never was one"),
            compare_base_fen=(FactType.INT, "the lowest deal, else the last one; None: there never was one"),
        ),
    ),
    occasion=("compare_fen",),
)
