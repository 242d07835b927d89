"""``lottery.create``: prizes are to be drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.events.screened import SCREENED
from app.events.shown_words import TEXT_PRIZE, text_prize_fen
from app.values.facts import EventKind, Fact, FactType, Presence


def _derive(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"text.prize_fen": text_prize_fen(facts.get("rules_text"))}


KIND = EventKind(
    name="lottery.create",
    subject="lottery",
    doc="Prizes are to be drawn.",
    facts=(
        Fact(
            "prizes",
            FactType.RECORD_LIST,
            Presence.REQUIRED,
            items={
                "name": FactType.TEXT,
                "value_fen": FactType.INT,
                "quantity": FactType.INT,
                "odds_text": FactType.TEXT,
            },
            doc="each prize with its value and its published odds; empty odds: not published",
        ),
        Fact(
            "claim_ways",
            FactType.TEXT_LIST,
            Presence.EXPECTED,
            doc="ways to claim a prize, such as add_wecom, join_group, miniprogram, phone, mail",
        ),
        Fact("result_url", FactType.TEXT, doc="where the winners are published; None: nowhere"),
        Fact("rules_text", FactType.TEXT, doc="the published rules, whole; None: none are published"),
        *SCREENED,
        TEXT_PRIZE,
    ),
    text_fields=("rules_text",),
    text_kind="campaign_text",
    derive=_derive,
)
