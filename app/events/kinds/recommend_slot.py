"""``recommend.slot``: a place among recommendations is filled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.events.shown_words import IS_MARKED, is_marked
from app.values.facts import EventKind, Fact, FactType, Presence


def _derive(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"is_marked": is_marked(facts.get("shown_text"))}


KIND = EventKind(
    name="recommend.slot",
    subject="slot",
    doc="A place among recommendations was filled.",
    facts=(
        Fact("beneficiary", FactType.TEXT, doc="who or what stands there"),
        Fact("paid", FactType.BOOL, Presence.EXPECTED, doc="money was taken for it"),
        Fact("shown_text", FactType.TEXT, doc="the words people see on it; None: none"),
        IS_MARKED,
    ),
    derive=_derive,
)
