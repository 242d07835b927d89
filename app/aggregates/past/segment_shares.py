"""Which part of a shop's customers is in each of the three segments, by the last run before the instant judged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import TierRun
from app.tiering.shares import parts_of_one
from app.tiering.terms import TARGETED
from app.values.facts import Happened
from app.values.policy import Policy

LEAST = "tiering.share_min_people_count"
FACTS = tuple(f"past.segment_{each.value}_bp" for each in TARGETED)
PARAMETERS = (LEAST,)


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, int | None]:
    """Basis points that add up to one; None where fewer than the least number of people are in one of the three."""
    del facts
    own = (TierRun.shop_id == event.shop_id) & (TierRun.state == "done") & (TierRun.as_of <= event.at)
    run = session.scalars(select(TierRun).where(own).order_by(TierRun.as_of.desc(), TierRun.id.desc()).limit(1)).first()
    least = policy.count(LEAST)
    counts = {each.value: int(run.counts.get(each.value, 0)) for each in TARGETED} if run else {}
    if least is None or sum(counts.values()) < max(least, 1):
        return dict.fromkeys(FACTS)
    return {f"past.segment_{name}_bp": bp for name, bp in parts_of_one(counts).items()}
