"""``coupon.scan``: somebody scanned a code for a coupon, or redeemed it in a store."""

from __future__ import annotations

from app.values.facts import EventKind, Fact, FactType, Presence

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
    ),
)
