"""``member.level``: a customer's level as a member changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.events.read_words import names_appeal
from app.values.facts import EventKind, Fact, FactType, Origin, Presence


def _derive(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"rule_names_appeal": names_appeal(facts.get("rule_told"))}


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
        Fact(
            "rule_names_appeal",
            FactType.BOOL,
            Presence.REQUIRED,
            Origin.COMPUTED,
            doc="what the customer was told names somebody who looks at it again",
        ),
    ),
    occasion=("from_rank", "to_rank"),
    derive=_derive,
)
