"""``supply.plan``: what a supplier says it can make a day, held against what was really sold."""

from __future__ import annotations

from app.events.columns import copies, looks
from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="supply.plan",
    subject="supplier",
    key="supplier_id",
    doc="A supplier's capacity was planned.",
    facts=(
        Fact("supplier_id", FactType.TEXT, doc="the supplier; may be left out, it is the subject"),
        Fact("exclusive_line", FactType.BOOL, Presence.EXPECTED, doc="a production line of its own is claimed"),
        Fact("daily_capacity_count", FactType.INT, Presence.EXPECTED, unit="count", doc="orders it can supply a day"),
        *looks(
            "past",
            capacity_coverage_bp=(
                FactType.INT,
                "planned capacity over the average daily orders of the window; None: no capacity said or no order",
            ),
        ),
    ),
    updates=(copies("supplier", "supplier_id", "exclusive_line", "daily_capacity_count"),),
)
