"""``crm.export``: data about customers is exported."""

from __future__ import annotations

from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="crm.export",
    subject="export",
    doc="Data about customers is exported.",
    facts=(
        Fact("person_count", FactType.INT, Presence.REQUIRED, unit="count", doc="how many people it is about"),
        Fact("fields", FactType.TEXT_LIST, Presence.REQUIRED, doc="which fields, e.g. phone, id_number, address"),
        Fact("approved_by", FactType.TEXT, doc="who approved it; None: nobody"),
    ),
)
