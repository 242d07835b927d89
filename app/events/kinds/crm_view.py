"""``crm.view``: an employee looks at somebody's trail."""

from __future__ import annotations

from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="crm.view",
    subject="person",
    doc="An employee looks at somebody's trail.",
    facts=(
        Fact("viewer_role", FactType.TEXT, Presence.EXPECTED, doc="role of who looks"),
        Fact("purpose", FactType.TEXT, doc="what for, as they said; None: not said"),
        Fact("is_masked", FactType.BOOL, Presence.EXPECTED, doc="names, numbers and addresses are masked"),
    ),
)
