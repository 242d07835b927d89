"""``content.submit``: somebody wants to publish a content, and its text has been screened.

Only ``content_kind`` has to come with the text; everything else an uploader may know is ``nullable`` or ``expected``,
so that a bare honest caption raises no question. The hits are facts too: rules speak about what was found in the text
before they ask for evidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.events.flat import flat_facts
from app.values.deciding import Hit, PersonalDatum
from app.values.facts import EventKind, Fact, FactType, Origin, Presence
from app.values.penalties import STEPS

CONTENT_KINDS = (
    "video_caption",
    "video_title",
    "video_description",
    "video_transcript",
    "image_text",
    "product_title",
    "product_description",
    "live_title",
    "live_notice",
    "live_speech",
    "comment",
    "review",
    "reply",
    "article",
    "shop_name",
    "nickname",
    "profile",
    "coupon_text",
    "campaign_text",
    "message",
)

_HIT_MEMBERS = dict.fromkeys(("category", "verdict", "word", "wordlist", "field"), FactType.TEXT)
_OURS = (Presence.REQUIRED, Origin.COMPUTED)

KIND = EventKind(
    name="content.submit",
    subject="content",
    text_fields=("text",),
    content_kinds=CONTENT_KINDS,
    doc="A content is about to be published; its text has been screened.",
    facts=(
        Fact("content_kind", FactType.TEXT, Presence.REQUIRED, choices=CONTENT_KINDS, doc="kind of the screening"),
        Fact("category", FactType.TEXT, doc="shop category, e.g. cosmetics, health_food; None when not said"),
        Fact("ad_label", FactType.BOOL, Presence.EXPECTED, doc="shown with the word 广告"),
        Fact("ai_generated", FactType.BOOL, Presence.EXPECTED, doc="made by a generative model, wholly or in part"),
        Fact("shopping_link", FactType.BOOL, Presence.EXPECTED, doc="carries a link to buy"),
        Fact("efficacy_basis_url", FactType.TEXT, Presence.EXPECTED, doc="public efficacy basis; empty: there is none"),
        Fact("health_food_notice", FactType.BOOL, Presence.EXPECTED, doc="shows 本品不能代替药物 outside the text"),
        Fact("absolute_term_basis", FactType.TEXT, doc="claimed exemption for an absolute term, e.g. award, trademark"),
        Fact("absolute_term_evidence_url", FactType.TEXT, doc="evidence for the claimed exemption"),
        Fact("citation.source", FactType.TEXT, doc="source of cited data"),
        Fact("audience_min_age", FactType.INT, unit="years", doc="youngest age the content is aimed at"),
        Fact("audience_max_age", FactType.INT, unit="years", doc="oldest age the content is aimed at"),
        Fact(
            "msg_sec_check.suggest",
            FactType.TEXT,
            origin=Origin.PLATFORM,
            choices=("pass", "review", "risky"),
            doc="result.suggest of msg_sec_check; None when it was not asked",
        ),
        Fact("msg_sec_check.errcode", FactType.INT, origin=Origin.PLATFORM, doc="errcode of msg_sec_check"),
        Fact("shop.strike_points", FactType.INT, origin=Origin.COMPUTED, unit="count", doc="living strikes' points"),
        Fact("shop.penalty", FactType.TEXT, origin=Origin.COMPUTED, choices=STEPS, doc="step of the penalty ladder"),
        Fact("shop.labels", FactType.TEXT_LIST, origin=Origin.COMPUTED, doc="labels officers put on the shop"),
        Fact("author.strike_points", FactType.INT, origin=Origin.COMPUTED, unit="count", doc="None without author"),
        Fact("author.penalty", FactType.TEXT, origin=Origin.COMPUTED, choices=STEPS, doc="None without author"),
        Fact("author.labels", FactType.TEXT_LIST, origin=Origin.COMPUTED, doc="labels officers put on the author"),
        Fact("hits", FactType.RECORD_LIST, *_OURS, items=_HIT_MEMBERS, doc="listed words found"),
        Fact("hit_categories", FactType.TEXT_LIST, *_OURS, doc="their categories, sorted"),
        Fact("personal_data_kinds", FactType.TEXT_LIST, *_OURS, doc="kinds of personal data seen, sorted"),
        Fact("personal_data_count", FactType.INT, *_OURS, unit="count", doc="pieces of personal data seen"),
        Fact("text", FactType.TEXT, *_OURS, doc="all fields, one a line"),
        Fact("text_length", FactType.INT, *_OURS, unit="count", doc="code points of text"),
    ),
)


def content_facts(
    *,
    sent: Mapping[str, object],
    content_kind: str,
    category: str | None,
    hits: Iterable[Hit],
    personal_data: Iterable[PersonalDatum],
    texts: Iterable[str],
) -> dict[str, object]:
    """The flat facts of one content, by dotted name.

    ``sent`` is taken as checked and never overrides what the service works out itself; a category in it is closer to
    the content than ``category``, the shop's. ``texts`` are all the content's texts, in order.
    """
    found = [_hit_record(hit) for hit in hits]
    kinds = [datum.kind for datum in personal_data]
    text = "\n".join(texts)
    claimed = flat_facts(sent)
    return {
        **claimed,
        "content_kind": content_kind,
        "category": claimed.get("category") or category,
        "hits": found,
        "hit_categories": sorted({record["category"] for record in found}),
        "personal_data_kinds": sorted(set(kinds)),
        "personal_data_count": len(kinds),
        "text": text,
        "text_length": len(text),
    }


def _hit_record(hit: Hit) -> dict[str, str]:
    return {
        "category": hit.category,
        "verdict": hit.verdict.value,
        "word": hit.word,
        "wordlist": hit.wordlist,
        "field": hit.field,
    }
