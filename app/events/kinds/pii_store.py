"""``pii.store``: a piece of personal data is stored."""

from __future__ import annotations

from app.events.consent_facts import SEPARATE
from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="pii.store",
    subject="field",
    doc="A piece of personal data is stored.",
    facts=(
        Fact(
            "category",
            FactType.TEXT,
            Presence.REQUIRED,
            choices=(
                "contact",
                "identity",
                "account",
                "biometric",
                "location_track",
                "health",
                "financial",
                "minor",
                "other",
            ),
            doc="what it is",
        ),
        Fact("is_encrypted", FactType.BOOL, Presence.EXPECTED, doc="stored encrypted"),
        SEPARATE,
    ),
)
