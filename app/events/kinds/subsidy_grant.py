"""``subsidy.grant``: a shop is granted money for using a technique, under terms."""

from __future__ import annotations

from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="subsidy.grant",
    subject="subsidy",
    doc="A shop is granted money for using a technique, under terms.",
    facts=(
        Fact("terms", FactType.TEXT, Presence.REQUIRED, doc="the terms, as they are written"),
        Fact("amount_fen", FactType.INT, Presence.REQUIRED, unit="fen", doc="what is granted"),
        Fact("criteria_published_at", FactType.INSTANT, doc="when the criteria were published; None: they were not"),
        Fact("criteria_url", FactType.TEXT, doc="where they can be read"),
        Fact("beneficiary_ref", FactType.TEXT, Presence.REQUIRED, doc="opaque reference of who gets it"),
        Fact("approver_refs", FactType.TEXT_LIST, Presence.EXPECTED, doc="opaque references of who approved it"),
        Fact(
            "related_refs",
            FactType.TEXT_LIST,
            Presence.EXPECTED,
            doc="who owns, runs or is close to the beneficiary, the beneficiary counted",
        ),
    ),
    text_fields=("terms",),
)
