"""``course.badge``: a course carries a certification of ours."""

from __future__ import annotations

from app.events.columns import looks
from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="course.badge",
    subject="course",
    key="course_id",
    doc="A course's certification was given or looked at.",
    facts=(
        Fact("course_id", FactType.TEXT, doc="the course; may be left out, it is the subject"),
        Fact("provider_id", FactType.TEXT, doc="whose course it is"),
        Fact("standard_url", FactType.TEXT, doc="where the standard can be read; None: nowhere"),
        Fact("certified_at", FactType.INSTANT, Presence.REQUIRED, doc="when it was certified"),
        Fact("reviewed_at", FactType.INSTANT, doc="when it was last looked at again; None: never"),
        *looks(
            "past",
            course_stopped_count=(FactType.INT, "1 where the course's page as told last was blocked; None: never told"),
        ),
    ),
)
