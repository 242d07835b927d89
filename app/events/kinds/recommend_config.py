"""``recommend.config``: how a recommender weighs what it shows was set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.values.evidence import EVIDENCE
from app.values.facts import EventKind, Fact, FactType, Origin, Presence

_WHOLE_BP = 10_000
_MOST_BP = 10**12


def combined_boost_bp(boosts: list[Mapping[str, Any]]) -> int:
    """What the factors make together, above one: +10 % and +20 % are +32 %, rounded up so that a limit is never missed.

    Whole numbers throughout; beyond any sense (a factor of 10^8) the figure stops growing.
    """
    top, bottom = 1, 1
    for boost in boosts:
        top, bottom = top * max(0, _WHOLE_BP + boost["boost_bp"]), bottom * _WHOLE_BP
        if top > bottom * _MOST_BP:
            return _MOST_BP
    return -(-top * _WHOLE_BP // bottom) - _WHOLE_BP


def _derive(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    boosts = facts.get("boosts") or []
    friends = [boost for boost in boosts if boost["on"] == "friend"]
    return {"combined_boost_bp": combined_boost_bp(boosts), "friend_boost_bp": combined_boost_bp(friends)}


KIND = EventKind(
    name="recommend.config",
    subject="recommender",
    doc="How a recommender weighs what it shows was set.",
    facts=(
        Fact("version", FactType.TEXT, Presence.REQUIRED, doc="version of the setting"),
        Fact(
            "boosts",
            FactType.RECORD_LIST,
            Presence.REQUIRED,
            items={"on": FactType.TEXT, "boost_bp": FactType.INT},
            doc="every factor one item can meet: friend for what friends liked, and what it adds; 3000 is +30 %",
        ),
        Fact("has_general_option", FactType.BOOL, Presence.EXPECTED, doc="one can switch off being recommended to"),
        Fact("has_tag_deletion", FactType.BOOL, Presence.EXPECTED, doc="one can delete the tags about oneself"),
        Fact("audience_min_age", FactType.INT, Presence.EXPECTED, unit="years", doc="youngest age it works for"),
        Fact(
            "friend_boost_bp",
            FactType.INT,
            Presence.REQUIRED,
            Origin.COMPUTED,
            unit="bp",
            doc="what friends' likes add, all such factors multiplied",
        ),
        Fact(
            "combined_boost_bp",
            FactType.INT,
            Presence.REQUIRED,
            Origin.COMPUTED,
            unit="bp",
            doc="what all factors add, multiplied",
        ),
        EVIDENCE,
    ),
    occasion=("version",),
    derive=_derive,
)
