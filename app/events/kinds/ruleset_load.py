"""``ruleset.load``: which rules are in force and how well they are grounded; told by the service daily."""

from __future__ import annotations

from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="ruleset.load",
    subject="ruleset",
    doc="The rules in force were looked through.",
    facts=(
        Fact("day", FactType.TEXT, doc="which day, in China"),
        Fact("version", FactType.TEXT, Presence.EXPECTED, doc="the snapshot in force"),
        Fact("rule_count", FactType.INT, Presence.EXPECTED, unit="count", doc="live and shadow rules"),
        Fact(
            "ungrounded_count", FactType.INT, Presence.EXPECTED, unit="count", doc="those no reference in force bears"
        ),
        Fact("overdue_count", FactType.INT, Presence.EXPECTED, unit="count", doc="those whose review is overdue"),
        Fact("unreviewed_days", FactType.INT, unit="days", doc="since rules were last published or signed off"),
    ),
    occasion=("day",),
    by_service=True,
)
