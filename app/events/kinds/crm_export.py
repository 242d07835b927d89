"""``crm.export``: data about customers is exported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.events.columns import looks
from app.values.facts import EventKind, Fact, FactType, Origin, Presence


def _derive(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    approver = facts.get("approved_by")
    return {"is_own_approval": approver is not None and approver == facts.get("exporter_ref")}


KIND = EventKind(
    name="crm.export",
    subject="export",
    doc="Data about customers is exported.",
    facts=(
        Fact("person_count", FactType.INT, Presence.REQUIRED, unit="count", doc="how many people it is about"),
        Fact("fields", FactType.TEXT_LIST, Presence.REQUIRED, doc="which fields, e.g. phone, id_number, address"),
        Fact("approved_by", FactType.TEXT, doc="who approved it; None: nobody"),
        Fact("exporter_ref", FactType.TEXT, doc="opaque reference of who exports; None: not told"),
        Fact(
            "is_own_approval",
            FactType.BOOL,
            Presence.REQUIRED,
            Origin.COMPUTED,
            doc="who exports approved it themselves",
        ),
        *looks(
            "past",
            exported_person_count=(
                FactType.INT,
                "people in what they exported in the window, this included; None: unknown",
            ),
        ),
    ),
    derive=_derive,
)
