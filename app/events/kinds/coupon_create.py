"""``coupon.create``: a coupon is about to be given out, or changes: then it is told whole once more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.events.columns import changes, first, looks, put
from app.events.offer_terms import COUPON_TERMS, RULES_TEXT, coupon_terms
from app.values.facts import EventKind, Fact, FactType, Happened, Presence, State

_KEPT = ("campaign_id", "type", "threshold_fen", "amount_fen", "valid_from_at", "valid_to_at")


@changes("coupon", "coupon_id")
def _coupon(state: State, event: Happened) -> None:
    first(state, "created_at", event.at)
    put(state, {name: event.facts.get(name) for name in _KEPT})
    if event.facts.get("ended"):
        first(state, "ended_at", event.at)


def _derive(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return coupon_terms(facts.get("rules_text"))


KIND = EventKind(
    name="coupon.create",
    subject="coupon",
    key="coupon_id",
    doc="A coupon is about to be given out, or changes: then it is told whole once more.",
    facts=(
        Fact("coupon_id", FactType.TEXT, doc="the coupon's id; may be left out, it is the subject"),
        Fact("campaign_id", FactType.TEXT, doc="the campaign it belongs to"),
        Fact(
            "type",
            FactType.TEXT,
            Presence.REQUIRED,
            choices=("full_reduction", "new_customer", "share", "direct", "discount", "other"),
            doc="what kind; new_customer: a welcome pack, share: from or to friends",
        ),
        Fact(
            "carrier",
            FactType.TEXT,
            choices=("h5", "external_link", "miniprogram", "shop", "live", "offline"),
            doc="where it is taken; None: not said",
        ),
        Fact("threshold_fen", FactType.INT, unit="fen", doc="from which amount on; 0: from the first fen"),
        Fact("amount_fen", FactType.INT, unit="fen", doc="what it takes off"),
        Fact("discount_bp", FactType.INT, unit="bp", doc="which part of the price it takes off, where it is no amount"),
        Fact("valid_from_at", FactType.INSTANT, doc="from when it holds"),
        Fact("valid_to_at", FactType.INSTANT, doc="until when it holds"),
        Fact("scope", FactType.TEXT, doc="for which goods or shops, as buyers read it"),
        Fact("stacking", FactType.TEXT, doc="with which other discounts it can be used, as buyers read it"),
        Fact(
            "claim_condition",
            FactType.TEXT,
            choices=("none", "share_first", "invite_first", "follow_first", "purchase", "code"),
            doc="what has to be done to get it; None: not said",
        ),
        RULES_TEXT,
        Fact("ended", FactType.BOOL, doc="it is no longer given out as of this event"),
        *looks(
            "past",
            average_order_fen=(FactType.INT, "average paid order of the shop in the window; None: too few orders"),
        ),
        *COUPON_TERMS,
    ),
    text_fields=("rules_text",),
    updates=(_coupon,),
    occasion=("valid_from_at", "valid_to_at"),
    derive=_derive,
)
