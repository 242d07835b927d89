"""``tryon.render``: a picture of somebody wearing something they do not wear is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.events.shown_words import says_actual, says_ai
from app.values.facts import EventKind, Fact, FactType, Origin, Presence


def _derive(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    caption = facts.get("caption")
    return {"caption_says_ai": says_ai(caption), "caption_says_actual": says_actual(caption)}


KIND = EventKind(
    name="tryon.render",
    subject="session",
    doc="A picture of somebody wearing something they do not wear is shown.",
    facts=(
        Fact("has_ai_label", FactType.BOOL, Presence.EXPECTED, doc="shows that it was made by AI and is for reference"),
        Fact("caption", FactType.TEXT, doc="the words shown with it; None: none, or not told"),
        Fact("claims_actual_effect", FactType.BOOL, Presence.EXPECTED, doc="is called the actual effect, 实际效果"),
        Fact(
            "caption_says_ai",
            FactType.BOOL,
            Presence.REQUIRED,
            Origin.COMPUTED,
            doc="the caption says that it was made by AI",
        ),
        Fact(
            "caption_says_actual",
            FactType.BOOL,
            Presence.REQUIRED,
            Origin.COMPUTED,
            doc="the caption calls it the real effect",
        ),
    ),
    derive=_derive,
)
