"""``track.collect``: somebody's steps are followed across channels."""

from __future__ import annotations

from app.events.consent_facts import IS_VALID, KEPT, WITHDRAWN_AT
from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="track.collect",
    subject="person",
    doc="Somebody's steps are followed across channels.",
    facts=(
        Fact(
            "channel",
            FactType.TEXT,
            Presence.REQUIRED,
            choices=(
                "wecom",
                "miniprogram",
                "moments_ad",
                "official_account",
                "video",
                "other",
            ),
            doc="where the steps are collected",
        ),
        Fact("purpose", FactType.TEXT, Presence.REQUIRED, doc="to what end, e.g. cross_channel_tracking"),
        IS_VALID,
        WITHDRAWN_AT,
        *KEPT,
    ),
)
