"""``content.submit``: somebody wants to publish a content, and its text has been screened.

Only ``content_kind`` has to come with the text; everything else an uploader may know is ``nullable`` or ``expected``,
so that a bare honest caption raises no question. The hits are facts too: rules speak about what was found in the text
before they ask for evidence.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from app.events.columns import looks
from app.events.flat import flat_facts
from app.values.deciding import Claim, Hit, PersonalDatum
from app.values.evidence import EVIDENCE, FACT
from app.values.facts import EventKind, Fact, FactType, Origin, Presence
from app.values.penalties import STEPS
from app.values.provinces import claimed_origins

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

MIX_TYPES = ("product", "testimonial", "welfare", "unknown")
"""Parts of the 3:5:2 mix; ``unknown`` is what neither was declared nor could be seen."""
_HIT_MEMBERS = dict.fromkeys(("category", "verdict", "word", "wordlist", "field"), FactType.TEXT)
_CLAIM_MEMBERS = {"kind": FactType.TEXT, "is_backed": FactType.BOOL, "field": FactType.TEXT}
_OURS = (Presence.REQUIRED, Origin.COMPUTED)

SCREENED = (
    Fact("hits", FactType.RECORD_LIST, *_OURS, items=_HIT_MEMBERS, doc="listed words found"),
    Fact("hit_categories", FactType.TEXT_LIST, *_OURS, doc="their categories, sorted"),
    Fact("personal_data_kinds", FactType.TEXT_LIST, *_OURS, doc="kinds of personal data seen, sorted"),
    Fact("personal_data_count", FactType.INT, *_OURS, unit="count", doc="pieces of personal data seen"),
    Fact("text", FactType.TEXT, *_OURS, doc="all fields, one a line"),
    Fact("text_length", FactType.INT, *_OURS, unit="count", doc="code points of text"),
    Fact("origin_provinces", FactType.TEXT_LIST, *_OURS, doc="provinces the text claims the goods are sent from"),
)
"""What the screening works out of every text."""

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
        Fact("content_type", FactType.TEXT, choices=MIX_TYPES[:-1], doc="declared part of the 3:5:2 mix"),
        Fact("evidence_ids", FactType.TEXT_LIST, doc="numbers of test reports, certificates and proofs of origin"),
        Fact(
            "reserved_stock",
            FactType.INT,
            unit="count",
            doc="pieces really set aside for the flash sale the text tells of",
        ),
        Fact(
            "flash_sale.declared_stock",
            FactType.INT,
            origin=Origin.COMPUTED,
            unit="count",
            doc="pieces the text says there are; None: no sale, or none named",
        ),
        Fact(
            "flash_sale.has_period",
            FactType.BOOL,
            origin=Origin.COMPUTED,
            doc="whether the text says from when to when",
        ),
        Fact(
            "credential_id", FactType.TEXT, doc="number of the speaker's professional licence, for professional advice"
        ),
        Fact("case_sample_note", FactType.TEXT, doc="source and sample of figures shown as a case"),
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
        Fact("msg_sec_check.label", FactType.INT, origin=Origin.PLATFORM, doc="result.label of msg_sec_check"),
        Fact(
            "media_check.suggest",
            FactType.TEXT,
            origin=Origin.PLATFORM,
            choices=("pass", "review", "risky"),
            doc="the hardest result of wxa_media_check over the content's media; None when none was asked",
        ),
        Fact(
            "media_check.errcode",
            FactType.INT,
            origin=Origin.PLATFORM,
            doc="0: every medium was checked; -1: a result is missing or makes no sense; else the platform's code",
        ),
        Fact(
            "makeover.retouched",
            FactType.BOOL,
            Presence.EXPECTED,
            doc="before or after: filter, AI or surgery was used",
        ),
        Fact("makeover.portrait_consent", FactType.BOOL, Presence.EXPECTED, doc="who is shown agreed to it in writing"),
        Fact(
            "claims", FactType.RECORD_LIST, *_OURS, items=_CLAIM_MEMBERS, doc="what the text claims, see content-facts"
        ),
        Fact("claim_kinds", FactType.TEXT_LIST, *_OURS, doc="their kinds, sorted"),
        Fact(
            "absolute_term_grounds", FactType.TEXT_LIST, *_OURS, doc="what may except absolute terms, seen around them"
        ),
        Fact("mix_type", FactType.TEXT, *_OURS, choices=MIX_TYPES, doc="part of the 3:5:2 mix, declared or seen"),
        Fact("sku_id", FactType.TEXT, doc="the goods it is about, as orders name them"),
        *SCREENED,
        *looks(
            "past",
            origin_is_of_sku=(FactType.BOOL, "counted over parcels of these goods, not of the whole shop"),
            origin_parcel_count=(FactType.INT, "parcels sent in the window; None: the text claims no origin"),
            origin_claimed_count=(FactType.INT, "those of them sent from where the text claims"),
        ),
        Fact("shop.strike_points", FactType.INT, origin=Origin.COMPUTED, unit="count", doc="living strikes' points"),
        Fact("shop.penalty", FactType.TEXT, origin=Origin.COMPUTED, choices=STEPS, doc="step of the penalty ladder"),
        Fact("shop.labels", FactType.TEXT_LIST, origin=Origin.COMPUTED, doc="labels officers put on the shop"),
        Fact("author.strike_points", FactType.INT, origin=Origin.COMPUTED, unit="count", doc="None without author"),
        Fact("author.penalty", FactType.TEXT, origin=Origin.COMPUTED, choices=STEPS, doc="None without author"),
        Fact("author.labels", FactType.TEXT_LIST, origin=Origin.COMPUTED, doc="labels officers put on the author"),
        EVIDENCE,
    ),
)


def content_facts(
    *,
    sent: Mapping[str, object],
    content_kind: str,
    category: str | None,
    hits: Collection[Hit],
    personal_data: Iterable[PersonalDatum],
    texts: Iterable[str],
    claims: Iterable[Claim] = (),
    seen_type: str | None = None,
    sale: tuple[int | None, bool] = (None, False),
) -> dict[str, object]:
    """The flat facts of one content, by dotted name.

    ``sent`` is taken as checked and never overrides what the service works out itself; a category in it is closer to
    the content than ``category``, the shop's. ``texts`` are all the content's texts, in order; ``seen_type`` is the
    part of the mix that its words show, ``sale`` what it tells of a flash sale (pieces, is a period named).
    """
    found = [hit_record(hit) for hit in hits]
    claimed_kinds = [{"kind": each.kind, "is_backed": each.is_backed, "field": each.field} for each in claims]
    kinds = [datum.kind for datum in personal_data]
    text = "\n".join(texts)
    claimed = flat_facts(sent) if sent else {}
    return {
        **claimed,
        "content_kind": content_kind,
        "category": claimed.get("category") or category,
        "hits": found,
        "hit_categories": sorted({record["category"] for record in found}) if found else [],
        "personal_data_kinds": sorted(set(kinds)) if kinds else [],
        "personal_data_count": len(kinds),
        FACT: claimed.get(FACT, []),  # left out: judged without a registry, where nothing is registered
        "claims": claimed_kinds,
        "claim_kinds": sorted({str(each["kind"]) for each in claimed_kinds}) if claimed_kinds else [],
        "absolute_term_grounds": sorted({hit.ground for hit in hits if hit.ground}) if found else [],
        "mix_type": claimed.get("content_type") or seen_type or "unknown",
        "flash_sale.declared_stock": sale[0],
        "flash_sale.has_period": sale[1],
        "text": text,
        "text_length": len(text),
        "origin_provinces": list(claimed_origins(text)),
    }


def hit_record(hit: Hit) -> dict[str, str]:
    """One hit as rules see it."""
    return {
        "category": hit.category,
        "verdict": hit.verdict.value,
        "word": hit.word,
        "wordlist": hit.wordlist,
        "field": hit.field,
    }
