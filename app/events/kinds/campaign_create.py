"""``campaign.create``: a campaign is about to start, or something of it changes: then it is told whole once more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.events.columns import changes, first, looks, noted, put
from app.events.offer_terms import CAMPAIGN_TERMS, RULES_TEXT, asks_help, campaign_terms
from app.values.facts import EventKind, Fact, FactType, Happened, Presence, State

_KEPT = ("type", "title", "carrier", "sku_id", "price_fen", "threshold_fen", "amount_fen", "declared_stock_count")


@changes("campaign", "campaign_id")
def _campaign(state: State, event: Happened) -> None:
    said, before = event.facts, state.get("ends_at")
    first(state, "created_at", event.at)
    put(state, {name: said.get(name) for name in (*_KEPT, "target_gmv_fen", "starts_at", "ends_at")})
    if before is not None and said.get("ends_at") is not None and said["ends_at"] > before:
        noted(state, "resets", event.at.isoformat(), said["ends_at"].isoformat())
    if said.get("ended"):
        first(state, "ended_at", event.at)


def _derive(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    said = campaign_terms(facts.get("rules_text"))
    return {**said, "rules_ask_help": said["rules_ask_help"] or asks_help(facts.get("title"))}


KIND = EventKind(
    name="campaign.create",
    subject="campaign",
    key="campaign_id",
    doc="A campaign is about to start, or something of it changes: then it is told whole once more.",
    facts=(
        Fact("campaign_id", FactType.TEXT, doc="the campaign's id; may be left out, it is the subject"),
        Fact(
            "type",
            FactType.TEXT,
            Presence.REQUIRED,
            choices=(
                "flash_sale",
                "group_buy",
                "bargain",
                "full_reduction",
                "ladder",
                "group_price",
                "share_reward",
                "lottery",
                "other",
            ),
            doc="what kind of campaign; group_price: a price for a closed group such as a family",
        ),
        Fact("title", FactType.TEXT, doc="as buyers see it"),
        RULES_TEXT,
        Fact(
            "carrier",
            FactType.TEXT,
            Presence.EXPECTED,
            choices=("h5", "external_link", "miniprogram", "shop", "live", "offline"),
            doc="where it runs",
        ),
        Fact("sku_id", FactType.TEXT, doc="the goods, where it is about one"),
        Fact("price_fen", FactType.INT, unit="fen", doc="the campaign's price"),
        Fact("starts_at", FactType.INSTANT, doc="when it starts; left out: occurred_at"),
        Fact("ends_at", FactType.INSTANT, doc="when it ends"),
        Fact("ended", FactType.BOOL, doc="it is over as of this event"),
        Fact("rules_public", FactType.BOOL, Presence.EXPECTED, doc="its conditions are shown to everybody"),
        Fact("declared_stock_count", FactType.INT, unit="count", doc="pieces announced to buyers"),
        Fact("reserved_stock_count", FactType.INT, unit="count", doc="pieces really set aside for it"),
        Fact("group_size_count", FactType.INT, unit="count", doc="group buying: how many have to join"),
        Fact("group_hours", FactType.INT, unit="hours", doc="group buying: how long a group stays open"),
        Fact("failed_refund_hours", FactType.INT, unit="hours", doc="group buying: refund of a group that failed"),
        Fact("is_lottery", FactType.BOOL, doc="who gets the goods or the price is drawn by lot"),
        Fact("helpers_needed_count", FactType.INT, unit="count", doc="bargaining: helpers needed to reach the price"),
        Fact("helpers_fixed", FactType.BOOL, doc="bargaining: that number does not change while somebody collects"),
        Fact("odds_public", FactType.BOOL, doc="bargaining: what each helper brings, or its odds, is shown"),
        Fact("collects_kinship", FactType.BOOL, Presence.EXPECTED, doc="it asks who is related to whom"),
        Fact(
            "group_prices",
            FactType.RECORD_LIST,
            items={"group_id": FactType.TEXT, "condition": FactType.TEXT, "price_fen": FactType.INT},
            doc="group price: what each group pays under which condition",
        ),
        Fact(
            "tiers",
            FactType.RECORD_LIST,
            items={"buy_count": FactType.INT, "unit_fen": FactType.INT},
            doc="ladder: from how many pieces on one piece costs what, all discounts taken off",
        ),
        Fact("purchase_limit_count", FactType.INT, unit="count", doc="the most pieces one buyer may take"),
        Fact("threshold_fen", FactType.INT, unit="fen", doc="full reduction: from which amount on"),
        Fact("amount_fen", FactType.INT, unit="fen", doc="full reduction: what is taken off"),
        Fact("target_gmv_fen", FactType.INT, unit="fen", doc="what the campaign shall sell"),
        Fact("after_sales_staff_count", FactType.INT, unit="count", doc="people on duty for after-sales"),
        *looks(
            "campaign",
            created_at=(FactType.INSTANT, "when it was first told"),
            ended_at=(FactType.INSTANT, "when it was ended before its time"),
        ),
        *looks(
            "past",
            average_order_fen=(FactType.INT, "average paid order of the shop in the window; None: too few orders"),
            stock_count=(FactType.INT, "pieces of the goods as last told; None: never told"),
            flash_reset_count=(FactType.INT, "times its end was put off, or a like sale began anew, in the window"),
            open_after_sale_count=(FactType.INT, "after-sales of the shop that are open"),
        ),
        *CAMPAIGN_TERMS,
    ),
    text_fields=("rules_text",),
    updates=(_campaign,),
    occasion=("starts_at", "ends_at"),
    derive=_derive,
)
