"""``traffic.boost``: exposure that was paid for, or given as a favour."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.events.shown_words import IS_MARKED, is_marked
from app.values.facts import EventKind, Fact, FactType, Presence


def _derive(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"is_marked": is_marked(facts.get("shown_text"))}


KIND = EventKind(
    name="traffic.boost",
    subject="boost",
    doc="Exposure was bought, or given as a favour.",
    facts=(
        Fact("beneficiary", FactType.TEXT, doc="who is shown more"),
        Fact("paid", FactType.BOOL, Presence.EXPECTED, doc="money was taken for it"),
        Fact("favoured", FactType.BOOL, Presence.EXPECTED, doc="given by hand or by programme, against natural order"),
        Fact("shopping_link", FactType.BOOL, doc="leads to something to buy"),
        Fact("shown_text", FactType.TEXT, doc="the words people see on it; None: none"),
        IS_MARKED,
    ),
    derive=_derive,
)
