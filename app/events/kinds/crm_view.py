"""``crm.view``: an employee looks at somebody's trail."""

from __future__ import annotations

from app.events.columns import looks
from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="crm.view",
    subject="person",
    doc="An employee looks at somebody's trail.",
    facts=(
        Fact("viewer_role", FactType.TEXT, Presence.EXPECTED, doc="role of who looks"),
        Fact("purpose", FactType.TEXT, doc="what for, as they said; None: not said"),
        Fact("viewer_ref", FactType.TEXT, doc="opaque reference of who looks; None: not told"),
        *looks(
            "past",
            viewed_person_count=(
                FactType.INT,
                "people whose trail they looked at in the window, this included; None: unknown",
            ),
        ),
        Fact("is_masked", FactType.BOOL, Presence.EXPECTED, doc="names, numbers and addresses are masked"),
    ),
)
