"""``testimonial.submit``: a buyer's testimony is handed in; whether it was really bought is read from the order."""

from __future__ import annotations

from app.events.columns import looks, touches
from app.events.looks import ORDER
from app.events.screened import SCREENED
from app.values.evidence import EVIDENCE
from app.values.facts import EventKind, Fact, FactType, Presence

_BOOL, _INT, _TEXT = FactType.BOOL, FactType.INT, FactType.TEXT

KIND = EventKind(
    name="testimonial.submit",
    subject="testimonial",
    key="testimonial_id",
    doc="A testimony of a buyer is about to be shown.",
    facts=(
        Fact("testimonial_id", _TEXT, doc="the testimony; may be left out, it is the subject"),
        Fact("text", _TEXT, doc="the buyer's words that are shown, screened as an advertisement's; None: not told"),
        Fact("order_id", _TEXT, doc="the order in which it was bought; None: there is none"),
        Fact("content_id", _TEXT, doc="the screened content that shows it"),
        Fact("author_ref", _TEXT, doc="opaque reference of the author, as buyer_ref of the order"),
        Fact("sku_id", _TEXT, doc="the goods it speaks of"),
        Fact("reward_fen", _INT, unit="fen", doc="what the author gets, in money's worth; None: nothing"),
        Fact(
            "reward_condition",
            _TEXT,
            choices=("none", "any_review", "good_review", "likes", "given_words"),
            doc="what the reward depends on",
        ),
        Fact("ad_label", _BOOL, Presence.EXPECTED, doc="shown with the word 广告"),
        Fact("shopping_link", _BOOL, Presence.EXPECTED, doc="carries a link to buy"),
        Fact("ai_generated", _BOOL, Presence.EXPECTED, doc="made by a generative model, wholly or in part"),
        Fact("shows_person", _BOOL, doc="somebody's likeness or name is shown"),
        Fact("portrait_consent", _BOOL, Presence.EXPECTED, doc="who is shown agreed to it in writing"),
        Fact("author_age_years", _INT, Presence.EXPECTED, unit="years", doc="the author's age"),
        Fact("guardian_consent", _BOOL, Presence.EXPECTED, doc="the guardian agreed, where the author is a minor"),
        Fact("is_endorser", _BOOL, doc="recommends the goods in an advertisement for a reward"),
        Fact("has_used", _BOOL, Presence.EXPECTED, doc="has used the goods"),
        Fact("punished_at", FactType.INSTANT, doc="when the endorser was last punished for false advertising"),
        *ORDER,
        *looks(
            "past",
            order_signed_count=(_INT, "parcels of the order that were delivered; None: no order"),
            order_sku_count=(
                _INT,
                "goods of the order that are those spoken of; None: the order's goods are not known",
            ),
        ),
        EVIDENCE,
        *SCREENED,
    ),
    text_fields=("text",),
    text_kind="campaign_text",
    updates=(touches(),),
)
