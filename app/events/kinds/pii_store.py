"""``pii.store``: a piece of personal data is stored."""

from __future__ import annotations

from app.events.consent_facts import KEPT_SENSITIVE, SEPARATE
from app.events.seen_data import SEEN
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
        Fact("person_ref", FactType.TEXT, doc="opaque reference of whose data it is; None: not told"),
        *KEPT_SENSITIVE,
        Fact("stored_text", FactType.TEXT, doc="the value as it is stored, to be looked at; None: not sent"),
        SEEN,
    ),
    text_fields=("stored_text",),
)
