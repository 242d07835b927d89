"""``tryon.render``: a picture of somebody wearing something they do not wear is shown."""

from __future__ import annotations

from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="tryon.render",
    subject="session",
    doc="A picture of somebody wearing something they do not wear is shown.",
    facts=(
        Fact("has_ai_label", FactType.BOOL, Presence.EXPECTED, doc="shows that it was made by AI and is for reference"),
        Fact("claims_actual_effect", FactType.BOOL, Presence.EXPECTED, doc="is called the actual effect, 实际效果"),
    ),
)
