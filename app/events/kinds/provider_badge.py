"""``provider.badge``: the badge 优选标识 is given, looked at, or taken away."""

from __future__ import annotations

from app.events.columns import holds, looks
from app.events.looks import RATING
from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="provider.badge",
    subject="provider",
    key="provider_id",
    doc="The badge 优选标识 of a provider was given, looked at, or taken away.",
    facts=(
        Fact("provider_id", FactType.TEXT, doc="the provider; may be left out, it is the subject"),
        Fact("action", FactType.TEXT, Presence.REQUIRED, choices=("grant", "keep", "withdraw"), doc="what is done"),
        Fact("badge_id", FactType.TEXT, doc="which badge"),
        Fact("paid", FactType.BOOL, Presence.EXPECTED, doc="money was taken for it"),
        Fact("auctioned", FactType.BOOL, doc="it was bid for"),
        Fact("lapsed_at", FactType.INSTANT, doc="since when its conditions are not met; None: they are"),
        *RATING,
        *looks(
            "past",
            provider_violation_count=(FactType.INT, "blocked doings in the window"),
            paid_place_count=(FactType.INT, "places and exposure sold to the provider in the window"),
        ),
    ),
    updates=(holds("provider", "provider_id"),),
    occasion=("action", "badge_id"),
)
