"""``recommend.expose``: somebody is shown something because a friend liked it, or because it was weighed up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.events.shown_words import IS_MARKED, is_marked
from app.values.facts import EventKind, Fact, FactType, Origin, Presence


def _consents(name: str, doc: str) -> Fact:
    return Fact(f"past.{name}", FactType.INT, origin=Origin.COMPUTED, unit="count", doc=doc)


def _derive(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"is_marked": is_marked(facts.get("shown_text"))}


KIND = EventKind(
    name="recommend.expose",
    subject="exposure",
    doc="Somebody is shown something because a friend liked it, or because it was weighed up.",
    facts=(
        Fact("content_id", FactType.TEXT, Presence.REQUIRED, doc="what is shown"),
        Fact("receiver_ref", FactType.TEXT, Presence.REQUIRED, doc="who is shown it, as consents name them"),
        Fact("liker_ref", FactType.TEXT, doc="whose like is shown, as consents name them; None: nobody's"),
        Fact("like_consent", FactType.BOOL, doc="the liker agreed, where consents are kept elsewhere; None: kept here"),
        Fact("receiver_opted_out", FactType.BOOL, doc="the receiver switched it off, where that is kept elsewhere"),
        Fact("is_boosted", FactType.BOOL, Presence.EXPECTED, doc="people or an algorithm changed its natural place"),
        Fact("is_goods", FactType.BOOL, Presence.EXPECTED, doc="it is goods, or carries a link to buy"),
        Fact("ad_label", FactType.BOOL, Presence.EXPECTED, doc="shown with the word 广告"),
        Fact("shown_text", FactType.TEXT, doc="the words people see on it; None: not sent"),
        IS_MARKED,
        _consents("liker_consent_count", "consents of the liker to showing their likes that are in force"),
        _consents("receiver_refusal_count", "1 where the receiver withdrew their consent to being recommended to"),
        _consents("content_boost_count", "exposure bought or given as a favour for the content in the window"),
    ),
    occasion=("content_id",),
    derive=_derive,
)
