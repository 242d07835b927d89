"""Every night: one queue row for each shop with customers, so that a shop that fails or takes long keeps no other."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app import queue
from app.errors import Conflict
from app.flows.parts import Parts
from app.flows.tier_people import shops_with_customers, tier_people
from app.queue import Claim
from app.tiering.runs import SILENT
from app.values.china_days import day_of

TIER_SHOP = "tier_people_of_shop"


def work_tiers(parts: Parts, claim: Claim, now: datetime) -> None:
    """Add a row for each shop, once a night."""

    def work(session: Session) -> None:
        for shop_id in shops_with_customers(session):
            key = f"{TIER_SHOP}:{shop_id}:{day_of(now)}"
            queue.add(session, kind=TIER_SHOP, payload={"shop_id": shop_id}, due_at=now, now=now, slot_key=key)
        queue.finish(session, claim, now=now)

    parts.db.write(work)


def work_tiers_of_shop(parts: Parts, claim: Claim, now: datetime) -> None:
    """Bring one shop up to now; where a run is under way, look again later: it may have died with its worker."""
    try:
        tier_people(parts, claim.payload["shop_id"], by="scheduler", now=now)
    except Conflict:
        parts.db.write(lambda session: queue.postpone(session, claim, due_at=now + SILENT))
    else:
        parts.db.write(lambda session: queue.finish(session, claim, now=now))
