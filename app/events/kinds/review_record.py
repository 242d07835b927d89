"""``review.record``: how long the records of reviews are kept and whether all are there; told by the service daily."""

from __future__ import annotations

from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="review.record",
    subject="records",
    doc="What this deployment keeps of its decisions.",
    facts=(
        Fact("day", FactType.TEXT, doc="which day, in China"),
        Fact("screening_days", FactType.INT, Presence.EXPECTED, unit="days", doc="for how long decisions are kept"),
        Fact(
            "lost_snapshot_count", FactType.INT, unit="count", doc="snapshots that kept decisions name and nobody has"
        ),
        Fact("lost_screening_count", FactType.INT, unit="count", doc="contents whose present decision is not kept"),
        Fact("kept_since_at", FactType.INSTANT, doc="the oldest decision that is kept; None: there is none"),
    ),
    occasion=("day",),
    by_service=True,
)
