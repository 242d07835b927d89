"""``pii.retain``: somebody looked whether personal data is kept too long."""

from __future__ import annotations

from app.events.columns import looks
from app.events.consent_facts import KEPT
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
        Fact("purpose", FactType.TEXT, doc="to what end it was collected; None: not told"),
        *KEPT,
        *looks(
            "past",
            last_order_at=(FactType.INSTANT, "when the person's last order of this shop was paid; None: none is known"),
        ),
    ),
)
