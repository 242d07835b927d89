"""``pii.retain``: somebody looked whether personal data is kept too long."""

from __future__ import annotations

from app.values.facts import EventKind, Fact, FactType

KIND = EventKind(
    name="pii.retain",
    subject="person",
    doc="Somebody looked whether personal data is kept too long.",
    facts=(
        Fact(
            "purpose_ended_at",
            FactType.INSTANT,
            doc="when the purpose it was collected for was reached or given up; None: it was not",
        ),
        Fact("traded_at", FactType.INSTANT, doc="when the transaction it records was completed; None: it records none"),
        Fact("deleted_at", FactType.INSTANT, doc="when it was deleted; None: it was not"),
    ),
)
