"""``traffic.boost``: exposure that was paid for, or given as a favour."""

from __future__ import annotations

from app.values.facts import EventKind, Fact, FactType, Presence

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
    ),
)
