"""``profile.build``: a profile of somebody is put together from several sources."""

from __future__ import annotations

from app.events.consent_facts import KEPT, SEPARATE
from app.values.evidence import EVIDENCE
from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="profile.build",
    subject="person",
    doc="A profile of somebody is put together from several sources.",
    facts=(
        Fact(
            "sources",
            FactType.TEXT_LIST,
            Presence.REQUIRED,
            doc="where the data comes from, e.g. official_account, miniprogram, wecom",
        ),
        Fact("authorised_sources", FactType.TEXT_LIST, Presence.EXPECTED, doc="sources the person's consent names"),
        Fact("purpose", FactType.TEXT, Presence.REQUIRED, doc="what the profile is for"),
        Fact("authorised_purposes", FactType.TEXT_LIST, Presence.EXPECTED, doc="purposes the person's consent names"),
        Fact(
            "dimensions",
            FactType.TEXT_LIST,
            Presence.REQUIRED,
            doc="what the profile says, e.g. spending, biometric, location_track, financial, health",
        ),
        SEPARATE,
        Fact(
            "impact_assessed_at",
            FactType.INSTANT,
            doc="day of the impact assessment that covers it; None: there is none",
        ),
        EVIDENCE,
        *KEPT,
    ),
)
