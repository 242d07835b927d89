"""``incident.leak``: personal data was or may have been leaked."""

from __future__ import annotations

from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="incident.leak",
    subject="incident",
    doc="Personal data was or may have been leaked.",
    facts=(
        Fact("discovered_at", FactType.INSTANT, Presence.REQUIRED, doc="when it was discovered"),
        Fact("remedied_at", FactType.INSTANT, doc="when the leak was closed; None: it is not"),
        Fact("authority_notified_at", FactType.INSTANT, doc="when the authority was told; None: it was not"),
        Fact("people_notified_at", FactType.INSTANT, doc="when the people were told; None: they were not"),
        Fact(
            "harm_prevented",
            FactType.BOOL,
            Presence.EXPECTED,
            doc="measures effectively prevent harm, so that people need not be told",
        ),
    ),
)
