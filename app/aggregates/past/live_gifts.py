"""What somebody gave on one day, Beijing time, in all rooms of a shop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import LiveGift
from app.values.china_days import day_of, starts_at
from app.values.facts import Happened
from app.values.policy import Policy

FACTS = ("past.payer_day_fen",)
PARAMETERS: tuple[str, ...] = ()


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, int | None]:
    """The sum up to this gift, which is counted."""
    del policy
    mine = (LiveGift.shop_id == event.shop_id) & (LiveGift.payer_ref == facts.get("payer_ref"))
    today = (LiveGift.given_at >= starts_at(day_of(event.at))) & (LiveGift.given_at <= event.at)
    total = session.scalar(select(func.coalesce(func.sum(LiveGift.amount_fen), 0)).where(mine, today))
    return {FACTS[0]: int(total or 0)}
