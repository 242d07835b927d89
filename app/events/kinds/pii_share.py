"""``pii.share``: personal data is given to somebody else."""

from __future__ import annotations

from app.events.consent_facts import KEPT_SEPARATE, SEPARATE
from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="pii.share",
    subject="person",
    doc="Personal data is given to somebody else.",
    facts=(
        Fact("recipient", FactType.TEXT, Presence.REQUIRED, doc="to whom"),
        SEPARATE,
        Fact("record_id", FactType.TEXT, doc="record of what was given, when and for what; None: there is none"),
        *KEPT_SEPARATE,
    ),
)
