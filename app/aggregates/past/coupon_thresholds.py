"""The lowest threshold a running campaign asks for: its own, or that of one of its coupons; a coupon's is its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Campaign, Coupon
from app.values.facts import Happened
from app.values.policy import Policy

FACTS = ("past.least_threshold_fen",)
PARAMETERS: tuple[str, ...] = ()


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, int | None]:
    """Fen; a coupon without a threshold is none to hold against anything."""
    del facts, policy
    is_coupon = event.kind == "coupon.tick"
    belongs = Coupon.subject == event.subject if is_coupon else Coupon.campaign_id == event.subject
    there = (Coupon.shop_id == event.shop_id) & belongs & (Coupon.created_at <= event.at) & (Coupon.threshold_fen > 0)
    running = Coupon.ended_at.is_(None) | (Coupon.ended_at > event.at)
    found = [session.scalar(select(func.min(Coupon.threshold_fen)).where(there, running))]
    if not is_coupon:
        own = (Campaign.shop_id == event.shop_id) & (Campaign.subject == event.subject)
        found.append(session.scalar(select(Campaign.threshold_fen).where(own, Campaign.threshold_fen > 0)))
    return {FACTS[0]: min((each for each in found if each is not None), default=None)}
