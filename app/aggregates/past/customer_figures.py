"""What is known of one customer at the instant judged: the figures segments rest on, and the segment itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.errors import NotReady
from app.tiering.figures import figures_of
from app.tiering.segments import conditions, segment_of
from app.tiering.terms import NAMES, PACK, terms_of
from app.tiering.whose import Whose
from app.values.facts import Happened
from app.values.person_names import spellings
from app.values.policy import Policy

_FIGURES = (
    "monthly_spend_fen",
    "followed_brand_count",
    "weekly_interaction_count",
    "first_order_rate_bp",
    "average_browse_seconds",
)
FACTS = ("past.segment", "past.is_newcomer", *(f"past.{name}" for name in _FIGURES))
PARAMETERS = tuple(f"{PACK}.{name}" for name in NAMES)


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, Any]:
    """The figures of the event's person in its shop; all None of somebody nothing is known of."""
    del facts
    try:
        terms = terms_of(policy)
    except NotReady:
        return dict.fromkeys(FACTS)
    whose = Whose(event.shop_id, event.at, spellings(event.subject))
    rows = figures_of(session, whose, terms).to_dicts()
    if not rows:
        return dict.fromkeys(FACTS)
    told = conditions(rows[0], as_of=event.at, terms=terms)
    [is_newcomer] = [each.holds for each in told if each.figure == "first_order_days"]
    own = {f"past.{name}": rows[0][name] for name in _FIGURES}
    return {"past.segment": segment_of(told).value, "past.is_newcomer": is_newcomer, **own}
