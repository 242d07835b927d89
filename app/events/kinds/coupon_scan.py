"""``coupon.scan``: somebody scanned a code for a coupon, or redeemed it in a store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.events.read_words import asked_permissions
from app.values.facts import EventKind, Fact, FactType, Origin, Presence


def _derive(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"asked_permissions": asked_permissions(facts.get("page_text"))}


KIND = EventKind(
    name="coupon.scan",
    subject="scan",
    key="scan_id",
    doc="Somebody scanned a code for a coupon, or redeemed it in a store.",
    facts=(
        Fact("scan_id", FactType.TEXT, doc="the scan's number; may be left out, it is the subject"),
        Fact("coupon_id", FactType.TEXT, doc="the coupon"),
        Fact("campaign_id", FactType.TEXT, doc="the campaign"),
        Fact("store_id", FactType.TEXT, doc="the store whose code it is"),
        Fact("person_ref", FactType.TEXT, doc="opaque reference of who scanned"),
        Fact("redeemed", FactType.BOOL, doc="the coupon was redeemed with it"),
        Fact("distance_meters", FactType.INT, doc="how far from the store it was scanned, in metres"),
        Fact(
            "required_permissions",
            FactType.TEXT_LIST,
            Presence.EXPECTED,
            doc="what has to be granted to get it: mobile, location, follow, profile, contacts …",
        ),
        Fact("page_text", FactType.TEXT, doc="the words of the page that opens; None: not sent"),
        Fact(
            "asked_permissions",
            FactType.TEXT_LIST,
            Presence.REQUIRED,
            Origin.COMPUTED,
            doc="what those words ask for, by the same names",
        ),
    ),
    text_fields=("page_text",),
    derive=_derive,
)
