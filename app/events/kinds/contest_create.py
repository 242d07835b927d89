"""``contest.create``: a lottery or contest with prizes is announced, or changed: then it is told whole once more."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson

from app.events.columns import changes, first, looks, put
from app.events.screened import SCREENED
from app.events.shown_words import TEXT_PRIZE, text_prize_fen
from app.values.facts import EventKind, Fact, FactType, Happened, Presence, State


@changes("contest", "contest_id")
def _contest(state: State, event: Happened) -> None:
    said = event.facts
    terms = _terms(said)
    started = state.get("starts_at")
    if started is not None and event.at >= started and terms != state.get("terms"):
        state["terms_changed_count"] = (state.get("terms_changed_count") or 0) + 1
    values = [each["value_fen"] for each in said["prizes"]]
    put(state, {name: said.get(name) for name in ("campaign_id", "type", "draw_at")})
    first(state, "starts_at", said.get("starts_at") or event.at)
    if event.at < state["starts_at"]:
        put(state, {"starts_at": said.get("starts_at")})
    put(state, {"terms": terms, "prize_max_fen": max(values, default=0), "staff": _staff(said)})
    state["prize_total_fen"] = sum(each["value_fen"] * each["count"] for each in said["prizes"])


def _staff(said: Mapping[str, Any]) -> dict[str, bool] | None:
    return dict.fromkeys(said["staff_refs"], True) if said.get("staff_refs") else None


def _terms(said: Mapping[str, Any]) -> str:
    """A digest of what was announced: prizes, conditions, when it is drawn."""
    announced = [said["prizes"], said.get("conditions"), said.get("draw_at")]
    return hashlib.sha256(orjson.dumps(announced, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _derive(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"text.prize_fen": text_prize_fen(facts.get("conditions"))}


KIND = EventKind(
    name="contest.create",
    subject="contest",
    key="contest_id",
    doc="A lottery or contest with prizes is announced, or changed: then it is told whole once more.",
    facts=(
        Fact("contest_id", FactType.TEXT, doc="the contest's id; may be left out, it is the subject"),
        Fact("campaign_id", FactType.TEXT, doc="the campaign it belongs to"),
        Fact(
            "type",
            FactType.TEXT,
            Presence.REQUIRED,
            choices=("lottery", "instant_win", "challenge", "gift"),
            doc="drawn at a time, at once, won by merit, or given to every buyer",
        ),
        Fact(
            "prizes",
            FactType.RECORD_LIST,
            Presence.REQUIRED,
            items={
                "name": FactType.TEXT,
                "value_fen": FactType.INT,
                "count": FactType.INT,
                "odds_ppm": FactType.INT,
            },
            doc="what can be won: worth of one, how many, odds in a million (0: by merit or not said)",
        ),
        Fact("conditions", FactType.TEXT, doc="who takes part how, as it is announced"),
        Fact("starts_at", FactType.INSTANT, doc="when it starts; left out: occurred_at"),
        Fact("draw_at", FactType.INSTANT, doc="when it is drawn"),
        Fact("rules_public", FactType.BOOL, Presence.EXPECTED, doc="all of that is shown to everybody"),
        Fact("staff_refs", FactType.TEXT_LIST, doc="opaque references of staff and linked accounts, who may not win"),
        *looks("contest", terms_changed_count=(FactType.INT, "changes after it had started; None: none")),
        *SCREENED,
        TEXT_PRIZE,
    ),
    text_fields=("conditions",),
    text_kind="campaign_text",
    derive=_derive,
    updates=(_contest,),
    occasion=("starts_at",),
)
