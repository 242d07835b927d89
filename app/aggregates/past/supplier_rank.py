"""Where a supplier stood in its shop's last ranking before the event, as long as that ranking is fresh."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import SupplierRank
from app.values.facts import Happened
from app.values.policy import Policy

AGE = "supply.rank_age_days"
FACTS = ("past.supplier_rank_bp", "past.ranked_tier")
PARAMETERS = (AGE,)


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, Any]:
    """Its place in basis points (1 of 5 is 2000) and the tier that goes with it; None where it is not ranked."""
    supplier, age = facts.get("supplier_id"), policy.span(AGE)
    if supplier is None or age is None:
        return dict.fromkeys(FACTS)
    own = (SupplierRank.shop_id == event.shop_id) & (SupplierRank.supplier_id == supplier)
    fresh = (SupplierRank.ranked_at <= event.at) & (SupplierRank.ranked_at > event.at - age)
    row = session.scalar(select(SupplierRank).where(own, fresh).order_by(SupplierRank.ranked_at.desc()).limit(1))
    return dict.fromkeys(FACTS) if row is None else dict(zip(FACTS, (row.rank_bp, row.tier), strict=True))
