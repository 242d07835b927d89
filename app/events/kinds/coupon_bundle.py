"""``coupon.bundle``: several coupons are offered together; what is left to pay is worked out from them."""

from __future__ import annotations

from app.events.columns import looks
from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="coupon.bundle",
    subject="bundle",
    doc="Coupons are offered as a bundle.",
    facts=(
        Fact("price_fen", FactType.INT, Presence.REQUIRED, unit="fen", doc="price of the goods they are meant for"),
        Fact("sku_id", FactType.TEXT, doc="those goods, where it is one piece of them; None: not told"),
        Fact("unit_cost_fen", FactType.INT, unit="fen", doc="what the goods cost the merchant; None: as told before"),
        *looks(
            "past", Presence.EXPECTED, unit_cost_fen=(FactType.INT, "what one piece costs, as said here or told last")
        ),
        Fact(
            "coupons",
            FactType.RECORD_LIST,
            Presence.REQUIRED,
            items={
                "coupon_id": FactType.TEXT,
                "threshold_fen": FactType.INT,
                "amount_fen": FactType.INT,
                "is_stackable": FactType.BOOL,
            },
            doc="each coupon: from which price it holds, what it takes off, whether others may be used with it",
        ),
        Fact("stacking_text", FactType.TEXT, doc="the published rule of using them together; None: there is none"),
    ),
)
