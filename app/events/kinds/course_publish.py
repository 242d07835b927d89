"""``course.publish``: a course, or the lines it teaches, is about to be published; its text has been screened.

It comes through ``POST /v1/screenings`` like every text, under content kinds of its own.
"""

from __future__ import annotations

from app.events.kinds.content_submit import SCREENED
from app.values.evidence import EVIDENCE
from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="course.publish",
    subject="content",
    text_fields=("text",),
    content_kinds=("course_page", "course_script"),
    doc="A course or its script is about to be published; its text has been screened.",
    facts=(
        Fact(
            "content_kind",
            FactType.TEXT,
            Presence.REQUIRED,
            choices=("course_page", "course_script"),
            doc="what sells the course, or the lines it teaches",
        ),
        Fact("category", FactType.TEXT, doc="category of the course; None when not said"),
        Fact("provider_id", FactType.TEXT, doc="whose course it is"),
        Fact("course_id", FactType.TEXT, doc="which course"),
        Fact("certificate_ref", FactType.TEXT, doc="official document of a certificate the text speaks of; None: none"),
        Fact("income_evidence_ref", FactType.TEXT, doc="evidence of incomes the text speaks of; None: none"),
        *SCREENED,
        EVIDENCE,
    ),
)
