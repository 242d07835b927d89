"""``log.write``: lines of a log were looked through for personal data."""

from __future__ import annotations

from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="log.write",
    subject="log",
    doc="Lines of a log were looked through for personal data.",
    facts=(
        Fact("log", FactType.TEXT, Presence.REQUIRED, doc="which log"),
        Fact(
            "personal_data_kinds",
            FactType.TEXT_LIST,
            Presence.REQUIRED,
            doc="kinds of personal data that stood there unmasked, e.g. mobile, resident_id, bank_card",
        ),
    ),
)
