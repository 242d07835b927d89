"""``wordlist.update``: a candidate of the wordlists was brought; told by the service at every one it looked at."""

from __future__ import annotations

from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="wordlist.update",
    subject="wordlists",
    doc="A change of the wordlists was proposed.",
    facts=(
        Fact("source", FactType.TEXT, Presence.EXPECTED, doc="where it comes from"),
        Fact("version", FactType.TEXT, Presence.EXPECTED, doc="the candidate's name: the hash of its content"),
        Fact("is_traceable", FactType.BOOL, Presence.EXPECTED, doc="its source is signed, pinned or an officer"),
        Fact("before_count", FactType.INT, unit="count", doc="words in force"),
        Fact("changed_count", FactType.INT, unit="count", doc="words added, taken out or judged otherwise"),
        Fact("outcome", FactType.TEXT, choices=("active", "held", "unchanged", "failed"), doc="what became of it"),
    ),
    occasion=("version",),
    by_service=True,
)
