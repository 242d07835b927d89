"""``community.join``: a person comes into the shop's own circle: follows the account, adds WeCom, joins a group."""

from __future__ import annotations

from app.events.columns import looks
from app.events.consent_facts import ELEMENTS, WITHDRAWN_AT
from app.events.screened import SCREENED
from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="community.join",
    subject="person",
    doc="A person joins the shop's own circle.",
    facts=(
        Fact(
            "channel",
            FactType.TEXT,
            Presence.REQUIRED,
            choices=("official_account", "wecom", "group", "miniprogram", "other"),
            doc="which circle",
        ),
        Fact(
            "only_way_to",
            FactType.TEXT_LIST,
            Presence.EXPECTED,
            doc="what can be had by joining only, such as operator_info, benefit, prize, purchase; empty: nothing",
        ),
        Fact("invite_text", FactType.TEXT, doc="the words of the invitation; None: not told"),
        *ELEMENTS,
        WITHDRAWN_AT,
        *looks(
            "kept",
            has_consent=(FactType.BOOL, "the register has the person's consent to this"),
            withdrawn_at=(FactType.INSTANT, "when the consent was withdrawn, as the register says"),
        ),
        *SCREENED,
    ),
    text_fields=("invite_text",),
    text_kind="message",
    occasion=("channel",),
)
