"""``live.uncorrected``: something said wrongly was not set right in time."""

from __future__ import annotations

from collections.abc import Iterable

from app.events.dues import DUE_FACTS
from app.events.live_facts import FLAG
from app.values.facts import Due, Dues, EventKind, Fact, FactType, Origin, State
from app.values.policy import Policy

WITHIN = "live.correction_seconds"
CATEGORIES = "live.correctable_categories"


def _dues(flag: State, _order: State, policy: Policy) -> Iterable[Due]:
    within = policy.span(WITHIN)
    said_at = flag.get("said_at")
    if within is not None and said_at is not None and flag.get("category") in policy.texts(CATEGORIES):
        yield Due("correction", said_at + within, flag.get("corrected_at"))


KIND = EventKind(
    name="live.uncorrected",
    subject="flag",
    key="flag_id",
    sent=False,
    doc="Something said wrongly was not set right in time.",
    facts=(
        Fact("flag_id", FactType.TEXT, doc="the flag"),
        *DUE_FACTS,
        *FLAG,
        Fact(
            "past.heard_after_seconds",
            FactType.INT,
            origin=Origin.COMPUTED,
            unit="seconds",
            doc="how long the room was heard after the flag; None: nothing is known of it",
        ),
    ),
    occasion=("deadline",),
    dues=Dues("flag", _dues, needs_feed=False),
)
