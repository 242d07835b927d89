"""``person.activity``: what a person did over a span of time, told by whoever counts it, such as once a day."""

from __future__ import annotations

from app.values.facts import EventKind, Fact, FactType, Presence

CHANNELS = (
    "feed_ad",
    "kol",
    "live",
    "video",
    "official_account",
    "wecom",
    "community",
    "moments",
    "moments_ad",
    "miniprogram",
    "shop",
    "other",
)
_INT = FactType.INT

KIND = EventKind(
    name="person.activity",
    subject="person",
    doc="What a person did since it was last told: visits, seconds, interactions. What is left out is not known.",
    facts=(
        Fact("channel", FactType.TEXT, Presence.REQUIRED, choices=CHANNELS, doc="where they did it"),
        Fact("visit_count", _INT, unit="count", doc="visits since last told; None: not counted"),
        Fact("browse_seconds", _INT, unit="seconds", doc="time spent in these visits; None: not measured"),
        Fact("interaction_count", _INT, unit="count", doc="likes, comments, shares and questions since last told"),
        Fact("followed_brand_count", _INT, unit="count", doc="brand accounts they follow as of now"),
    ),
    occasion=("channel",),
)
