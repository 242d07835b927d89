"""``profile.collect``: data about somebody is collected for a profile."""

from __future__ import annotations

from app.events.consent_facts import ELEMENTS, KEPT, WITHDRAWN_AT
from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="profile.collect",
    subject="person",
    doc="Data about somebody is collected for a profile.",
    facts=(
        Fact("purpose", FactType.TEXT, Presence.REQUIRED, doc="to what end"),
        Fact(
            "current_version", FactType.TEXT, Presence.EXPECTED, doc="version of the consent text that is in use today"
        ),
        *ELEMENTS,
        WITHDRAWN_AT,
        *KEPT,
    ),
)
