"""``outreach.send``: a message is about to be sent to somebody."""

from __future__ import annotations

from app.events.consent_facts import WITHDRAWN_AT
from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="outreach.send",
    subject="person",
    doc="A message is about to be sent to somebody.",
    facts=(
        Fact(
            "channel",
            FactType.TEXT,
            Presence.REQUIRED,
            choices=(
                "wecom",
                "miniprogram",
                "moments_ad",
                "official_account",
                "sms",
                "other",
            ),
            doc="by which way",
        ),
        Fact("is_personalized", FactType.BOOL, Presence.EXPECTED, doc="chosen by what is known of the person"),
        Fact("has_general_option", FactType.BOOL, Presence.EXPECTED, doc="the person can have it not fitted to them"),
        Fact(
            "has_easy_refusal",
            FactType.BOOL,
            Presence.EXPECTED,
            doc="the message shows an easy way to refuse further ones",
        ),
        WITHDRAWN_AT,
    ),
)
