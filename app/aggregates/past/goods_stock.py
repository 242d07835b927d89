"""How many pieces of a campaign's goods are there, as last told by inventory or publication."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.aggregates import points
from app.models import Campaign
from app.values.facts import Happened
from app.values.policy import Policy

FACTS = ("past.stock_count",)
PARAMETERS: tuple[str, ...] = ()


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, int | None]:
    """Pieces; None where the campaign is about no goods, or nobody told of their stock."""
    del policy
    own = (Campaign.shop_id == event.shop_id) & (Campaign.subject == event.subject)
    sku_id = facts.get("sku_id") or session.scalar(select(Campaign.sku_id).where(own))
    if not sku_id:
        return dict.fromkeys(FACTS)
    return {FACTS[0]: points.last(session, points.of_goods(event.shop_id, sku_id, "stock_count"), at=event.at)}
