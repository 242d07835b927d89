"""``order.paid``: a buyer has paid for an order; what was promised to the buyer comes with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.events.columns import changes, copies, looks
from app.events.looks import ORDER
from app.events.payments import CONTESTED, payment_told
from app.events.read_words import lies_in_township
from app.values.facts import EventKind, Fact, FactType, Happened, Origin, Presence, State


def _derive(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"place_is_township": lies_in_township(facts.get("delivery_place"))}


@changes("order", "order_id")
def _promised(state: State, event: Happened) -> None:
    """A promise that the buyer was shown binds: told again longer it stays as it was, whichever was told first."""
    hours = event.facts.get("promise_hours")
    if hours is not None:
        state["promise_hours"] = min(hours, state.get("promise_hours") or hours)


KIND = EventKind(
    name="order.paid",
    subject="order",
    key="order_id",
    at="paid_at",
    doc="An order was paid. The shop's own system or the platform's order detail says so.",
    facts=(
        Fact("order_id", FactType.TEXT, doc="the order's id; may be left out, it is the subject"),
        Fact("paid_at", FactType.INSTANT, doc="when it was paid; left out: occurred_at"),
        Fact("paid_fen", FactType.INT, Presence.REQUIRED, unit="fen", doc="what the buyer paid"),
        Fact("transaction_id", FactType.TEXT, doc="WeChat Pay's transaction, which joins payment notices to the order"),
        Fact("out_trade_no", FactType.TEXT, doc="the merchant's number of the payment"),
        Fact("stock_type", FactType.TEXT, choices=("spot", "presale"), doc="left out: spot goods"),
        Fact("delivery_deadline_at", FactType.INSTANT, doc="latest dispatch as the platform says"),
        Fact("predicted_delivery_at", FactType.INSTANT, doc="announced dispatch of a presale"),
        Fact("promise_hours", FactType.INT, unit="hours", doc="dispatch promise that was shown to the buyer"),
        Fact(
            "special_dispatch_filed", FactType.BOOL, doc="a dispatch of more than 15 days was filed with the platform"
        ),
        Fact("supplier_tier", FactType.TEXT, doc="strategic, distributor, local …"),
        Fact("supplier_id", FactType.TEXT, doc="whose goods they are"),
        Fact("sku_ids", FactType.TEXT_LIST, doc="which goods are in it"),
        Fact("merchant_type", FactType.TEXT, doc="for the values of parameters"),
        Fact("category", FactType.TEXT, doc="category of the goods"),
        Fact("channel", FactType.TEXT, doc="live, video, share, window …; community, moments, miniprogram …"),
        Fact(
            "payment_method",
            FactType.TEXT,
            choices=("platform", "wechat_pay", "bank_transfer", "personal_code", "cash", "other"),
            doc="how it was paid; None: not told",
        ),
        Fact("buyer_ref", FactType.TEXT, doc="opaque reference of the buyer, never a name or number"),
        Fact("no_reason_return", FactType.BOOL, doc="seven days' return without reason is offered"),
        Fact("no_return_confirmed", FactType.BOOL, doc="the buyer confirmed while buying that it is not"),
        Fact("perishable", FactType.BOOL, doc="fresh or perishable goods"),
        Fact("custom_made", FactType.BOOL, doc="made to order"),
        Fact("profit_sharing", FactType.BOOL, doc="the payment was made with settle_info.profit_sharing"),
        Fact(
            "items",
            FactType.RECORD_LIST,
            items={"sku_id": FactType.TEXT, "count": FactType.INT, "unit_fen": FactType.INT},
            doc="what was bought: the goods, how many, what one piece really cost",
        ),
        Fact(
            "buyer_age_band",
            FactType.TEXT,
            choices=("under_14", "14_17", "18_59", "60_plus"),
            doc="the buyer's age, where it is known; None: it is not",
        ),
        Fact(
            "delivery_area",
            FactType.TEXT,
            choices=("city", "county", "township"),
            doc="how far out the address lies; None: not known",
        ),
        Fact(
            "delivery_place",
            FactType.TEXT,
            doc="province to town of the address, such as 栖霞市桃村镇; never the street",
        ),
        Fact(
            "place_is_township",
            FactType.BOOL,
            Presence.REQUIRED,
            Origin.COMPUTED,
            doc="that place is a town out of the city",
        ),
        Fact("area_notice_hours", FactType.INT, unit="hours", doc="extra delivery time shown to buyers of that area"),
        *ORDER,
        *CONTESTED,
        *looks("past", other_order_count=(FactType.INT, "other orders it was told of; None: it names none")),
        *looks(
            "past",
            buyer_day_order_count=(FactType.INT, "orders of the buyer in the window, this one included; None: unknown"),
            buyer_day_fen=(FactType.INT, "what the buyer paid in the window, this order included; None: unknown"),
            buyer_senior_count=(FactType.INT, "orders at which the buyer was said to be 60 or older; None: unknown"),
            buyer_order_count=(FactType.INT, "orders of the buyer in the shop so far, this one included"),
            goods_categories=(FactType.TEXT_LIST, "categories of its goods as published; None: return is offered"),
        ),
    ),
    updates=(
        copies(
            "order",
            "order_id",
            "stock_type",
            "delivery_deadline_at",
            "predicted_delivery_at",
            "supplier_tier",
            "merchant_type",
            "category",
            "channel",
            "buyer_ref",
            "custom_made",
            "no_return_confirmed",
            "profit_sharing",
            "buyer_age_band",
            "sku_ids",
        ),
        _promised,
        payment_told,
    ),
    derive=_derive,
)
