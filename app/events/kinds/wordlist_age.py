"""``wordlist.age``: the wordlists were last checked so long ago; told by the service while they are old."""

from __future__ import annotations

from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="wordlist.age",
    subject="wordlists",
    doc="The age of the wordlists in force.",
    facts=(
        Fact("age_seconds", FactType.INT, Presence.REQUIRED, unit="seconds", doc="since the last completed check"),
        Fact("level", FactType.TEXT, choices=("fresh", "stale", "expired"), doc="by the settings of this deployment"),
        Fact("checked_at", FactType.INSTANT, doc="when that was"),
    ),
    occasion=("checked_at", "level"),
    by_service=True,
)
