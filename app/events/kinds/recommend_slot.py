"""``recommend.slot``: a place among recommendations is filled."""

from __future__ import annotations

from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="recommend.slot",
    subject="slot",
    doc="A place among recommendations was filled.",
    facts=(
        Fact("beneficiary", FactType.TEXT, doc="who or what stands there"),
        Fact("paid", FactType.BOOL, Presence.EXPECTED, doc="money was taken for it"),
        Fact("shown_text", FactType.TEXT, doc="the words people see on it; None: none"),
    ),
)
