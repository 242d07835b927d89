"""``log.write``: lines of a log were looked through for personal data."""

from __future__ import annotations

from app.events.seen_data import SEEN
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
            Presence.EXPECTED,
            doc="kinds of personal data that stood there unmasked, e.g. mobile, resident_id, bank_card",
        ),
        Fact("lines", FactType.TEXT, doc="lines of the log, to be looked through here; None: not sent"),
        SEEN,
    ),
    text_fields=("lines",),
)
