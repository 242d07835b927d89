"""``live.gift``: somebody sent a gift that costs money."""

from __future__ import annotations

from app.events.columns import copies
from app.events.kinds.live_host import AGE_BANDS
from app.values.facts import EventKind, Fact, FactType, Origin, Presence

KIND = EventKind(
    name="live.gift",
    subject="gift",
    key="gift_id",
    doc="Somebody sent a gift that costs money.",
    facts=(
        Fact("gift_id", FactType.TEXT, doc="number of the gift; may be left out, it is the subject"),
        Fact("room_id", FactType.TEXT, Presence.REQUIRED, doc="the broadcast"),
        Fact("payer_ref", FactType.TEXT, Presence.REQUIRED, doc="opaque reference of who pays"),
        Fact("amount_fen", FactType.INT, Presence.REQUIRED, unit="fen", doc="what it costs"),
        Fact("given_at", FactType.INSTANT, doc="when; left out: when the event happened"),
        Fact(
            "payer_age_band",
            FactType.TEXT,
            Presence.EXPECTED,
            choices=(*AGE_BANDS, "not_minor"),
            doc="how old they are",
        ),
        Fact("guardian_consent", FactType.BOOL, doc="their guardian agreed to this spending"),
        Fact("daily_limit_fen", FactType.INT, unit="fen", doc="what they or their guardian allow a day; None: not set"),
        Fact(
            "past.payer_day_fen",
            FactType.INT,
            origin=Origin.COMPUTED,
            unit="fen",
            doc="what they gave on this day (Beijing) in all rooms of the shop, this gift counted",
        ),
    ),
    at="given_at",
    updates=(copies("gift", "gift_id", "room_id", "payer_ref", "amount_fen", "given_at"),),
)
