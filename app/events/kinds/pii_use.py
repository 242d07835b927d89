"""``pii.use``: personal data is used."""

from __future__ import annotations

from app.events.consent_facts import AGE, GUARDIAN, KEPT, KEPT_MINOR, WITHDRAWN_AT
from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="pii.use",
    subject="person",
    doc="Personal data is used.",
    facts=(
        Fact(
            "purpose",
            FactType.TEXT,
            Presence.REQUIRED,
            doc="what for; storage and security are the two that need no consent in force",
        ),
        AGE,
        GUARDIAN,
        Fact("is_statutory_retention", FactType.BOOL, Presence.EXPECTED, doc="is kept only because a law requires it"),
        WITHDRAWN_AT,
        *KEPT,
        *KEPT_MINOR,
    ),
)
