"""``consent.withdraw``: a person has withdrawn a consent; what rested on it has to stop."""

from __future__ import annotations

from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="consent.withdraw",
    subject="person",
    doc="A person has withdrawn a consent; what rested on it has to stop.",
    facts=(
        Fact("purpose", FactType.TEXT, Presence.REQUIRED, doc="of the consent that was withdrawn"),
        Fact("withdrawn_at", FactType.INSTANT, Presence.REQUIRED, doc="when"),
        Fact("stopped_at", FactType.INSTANT, doc="when everything that rested on it had stopped; None: it has not"),
        Fact(
            "labels_deleted_at",
            FactType.INSTANT,
            doc="when labels and profiles made from it were deleted; None: they were not",
        ),
    ),
)
