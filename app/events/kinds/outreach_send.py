"""``outreach.send``: a message is about to be sent to somebody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.events.columns import looks
from app.events.consent_facts import IS_VALID, WITHDRAWN_AT
from app.events.read_words import shows_refusal
from app.events.shown_words import IS_MARKED, is_marked
from app.values.facts import EventKind, Fact, FactType, Origin, Presence


def _derive(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    message = facts.get("message_text")
    return {
        "is_marked": is_marked(facts.get("label_text")) or is_marked(message),
        "shows_refusal": shows_refusal(message),
    }


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
                "moments",
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
        Fact("purpose", FactType.TEXT, doc="to what end, such as marketing or service; None: taken as marketing"),
        Fact("topic", FactType.TEXT, doc="what about, such as repurchase"),
        Fact("label_text", FactType.TEXT, doc="the words by which it is marked, such as 广告; None: it is not marked"),
        Fact("message_text", FactType.TEXT, doc="the message, whole; None: not sent"),
        Fact(
            "shows_refusal",
            FactType.BOOL,
            Presence.REQUIRED,
            Origin.COMPUTED,
            doc="the message names a way to refuse further ones",
        ),
        IS_VALID,
        WITHDRAWN_AT,
        *looks(
            "kept",
            has_consent=(FactType.BOOL, "the register has the person's consent to marketing"),
            withdrawn_at=(FactType.INSTANT, "when the consent was withdrawn, as the register says"),
        ),
        *looks(
            "past",
            sent_today_count=(FactType.INT, "messages that went this way to the person on this day in China"),
            sent_month_count=(FactType.INT, "and in this month in China"),
            month_day_count=(FactType.INT, "days of this month"),
            local_hours=(FactType.INT, "the hour in China, 0 to 23"),
            since_topic_days=(FactType.INT, "days since the last message on this topic; None: there was none"),
            interaction_since_topic_count=(FactType.INT, "what the person did since; None: never told"),
        ),
        IS_MARKED,
    ),
    text_fields=("message_text",),
    derive=_derive,
)
