"""``share.reward``: people who show what they bought get something for it."""

from __future__ import annotations

from app.events.screened import SCREENED
from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="share.reward",
    subject="campaign",
    doc="Showing what was bought is rewarded.",
    facts=(
        Fact(
            "carrier",
            FactType.TEXT,
            Presence.REQUIRED,
            choices=("moments", "h5", "miniprogram", "group", "video", "offline"),
            doc="where it is shown",
        ),
        Fact("rules_text", FactType.TEXT, Presence.EXPECTED, doc="the published rules, whole"),
        Fact(
            "requires",
            FactType.TEXT_LIST,
            Presence.EXPECTED,
            doc="what is asked for the reward, such as photo, good_review, fixed_text, likes, votes",
        ),
        Fact("discloses_reward", FactType.BOOL, Presence.EXPECTED, doc="who shows it says that it is rewarded"),
        *SCREENED,
    ),
    text_fields=("rules_text",),
    text_kind="campaign_text",
)
