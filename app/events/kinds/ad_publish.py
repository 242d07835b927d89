"""``ad.publish``: an advertisement goes out: what it shows, where it leads, by whom and how it is placed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.events.shown_words import IS_MARKED, is_marked
from app.values.evidence import EVIDENCE
from app.values.facts import EventKind, Fact, FactType, Presence

_TEXT, _BOOL, _INT, _INSTANT = FactType.TEXT, FactType.BOOL, FactType.INT, FactType.INSTANT


def _derive(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"is_marked": is_marked(facts.get("label_text"))}


KIND = EventKind(
    name="ad.publish",
    subject="advertisement",
    doc="An advertisement is about to go out.",
    facts=(
        Fact("format", _TEXT, Presence.REQUIRED, choices=("feed", "kol", "popup", "search", "other"), doc="its form"),
        Fact("label_text", _TEXT, doc="the words by which it is marked, such as 广告; None: it is not marked"),
        Fact("has_one_click_close", _BOOL, Presence.EXPECTED, doc="it can be closed by one click"),
        Fact("creative_sku_id", _TEXT, Presence.EXPECTED, doc="the goods it shows"),
        Fact("landing_sku_id", _TEXT, Presence.EXPECTED, doc="the goods of the page it leads to"),
        Fact("creative_price_fen", _INT, unit="fen", doc="the price it shows; None: none"),
        Fact("landing_price_fen", _INT, unit="fen", doc="the price on the page it leads to"),
        Fact("has_shopping_link", _BOOL, Presence.EXPECTED, doc="it carries a link to buy"),
        Fact("usage_evidence_id", _TEXT, doc="evidence that the person recommending it used it; None: there is none"),
        Fact(
            "qualification_file_id", _TEXT, doc="file of the advertiser's and the person's papers; None: there is none"
        ),
        Fact("uses_algorithm", _BOOL, Presence.EXPECTED, doc="it is placed by recommendation"),
        Fact("placement_record_id", _TEXT, doc="record of the rules and of what was placed; None: there is none"),
        Fact("records_kept_until_at", _INSTANT, doc="until when file and record are kept"),
        EVIDENCE,
        IS_MARKED,
    ),
    derive=_derive,
)
