"""``member.level``: a customer's level as a member changes."""

from __future__ import annotations

from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="member.level",
    subject="person",
    doc="A customer's level as a member changes.",
    facts=(
        Fact("from_rank", FactType.INT, Presence.REQUIRED, doc="level before, 0 the lowest"),
        Fact("to_rank", FactType.INT, Presence.REQUIRED, doc="level after"),
        Fact("rule_told", FactType.TEXT, doc="by which rule, as the customer was told; None: nothing was told"),
        Fact("is_automated", FactType.BOOL, Presence.EXPECTED, doc="no person decided it"),
        Fact("can_appeal", FactType.BOOL, Presence.EXPECTED, doc="the customer can ask a person to look at it"),
    ),
    occasion=("from_rank", "to_rank"),
)
