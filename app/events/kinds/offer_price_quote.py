"""``offer.price_quote``: somebody is shown a price; it is kept, so that the same offer to others can be compared."""

from __future__ import annotations

from app.events.columns import changes, looks, put
from app.values.facts import EventKind, Fact, FactType, Happened, Presence, State

_INT, _TEXT = FactType.INT, FactType.TEXT


@changes("quote", "quote_id")
def _quote(state: State, event: Happened) -> None:
    said = event.facts
    names = ("sku_id", "quoted_at", "person_ref", "quantity", "region", "public_condition", "tier", "device")
    payable = said["price_fen"] + (said.get("freight_fen") or 0) - (said.get("coupon_fen") or 0)
    put(state, {name: said.get(name) for name in names} | {"payable_fen": payable})


KIND = EventKind(
    name="offer.price_quote",
    subject="quote",
    key="quote_id",
    at="quoted_at",
    doc="Somebody is shown the price of goods.",
    facts=(
        Fact("quote_id", _TEXT, doc="the quote; may be left out, it is the subject"),
        Fact("quoted_at", FactType.INSTANT, doc="when it was shown; left out: occurred_at"),
        Fact("sku_id", _TEXT, Presence.REQUIRED, doc="which goods"),
        Fact("person_ref", _TEXT, doc="opaque reference of who was shown it; None: somebody not signed in"),
        Fact("price_fen", _INT, Presence.REQUIRED, unit="fen", doc="price of the goods for the quantity"),
        Fact("freight_fen", _INT, unit="fen", doc="freight on top; None: none"),
        Fact("coupon_fen", _INT, unit="fen", doc="what coupons take off; None: none"),
        Fact("quantity", _INT, unit="count", doc="how many; None: one"),
        Fact("region", _TEXT, doc="where they are sent to, as far as freight depends on it"),
        Fact(
            "public_condition",
            _TEXT,
            doc="the published condition this price rests on, such as 满200减30; None: the price for everybody",
        ),
        Fact("tier", _TEXT, doc="segment of the person the price was worked out for; None: not looked at"),
        Fact("device", _TEXT, doc="device or system it was worked out for; None: not looked at"),
        *looks("quote", payable_fen=(_INT, "price and freight less coupons")),
        *looks(
            "past",
            comparable_quote_count=(_INT, "quotes of the same offer to others within the window"),
            quote_difference_fen=(_INT, "between the dearest and the cheapest of them and this one"),
            unlike_quote_count=(_INT, "those of another price whose tier or device is another"),
        ),
    ),
    updates=(_quote,),
)
