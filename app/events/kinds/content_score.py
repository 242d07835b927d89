"""``content.score``: how good a content is, in three dimensions of 0 to 100, worked out from its text or told.

A dimension that is missing makes no score: nothing is put in its place.
"""

from __future__ import annotations

from app.values.facts import EventKind, Fact, FactType

KIND = EventKind(
    name="content.score",
    subject="content",
    key="content_id",
    doc="A content was scored for information, emotional appeal and guidance.",
    facts=(
        Fact("content_id", FactType.TEXT, doc="the content; may be left out, it is the subject"),
        Fact("info_score", FactType.INT, unit="score", doc="information density, 0 to 100; None: could not be told"),
        Fact("emotion_score", FactType.INT, unit="score", doc="emotional appeal, 0 to 100; None: could not be told"),
        Fact("guide_score", FactType.INT, unit="score", doc="interaction guidance, 0 to 100; None: could not be told"),
        Fact("fear_count", FactType.INT, unit="count", doc="words of fear and anxiety"),
        Fact("induced_count", FactType.INT, unit="count", doc="words that force following, sharing or flooding"),
    ),
    by_service=True,
)
