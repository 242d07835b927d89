"""Ranking the suppliers of every shop: figures of the window → places → tiers, kept as the day's ranking.

shops with suppliers ─ figures of each ─ ranked by the parameters that hold there ─ written whole, one shop at a time
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit, event_log
from app.flows.judge_line import scope_of
from app.flows.parts import Parts
from app.models import Order
from app.suppliers import ranks
from app.suppliers.figures import figures_of
from app.suppliers.ranking import Ranked, Terms, rank
from app.values.china_days import day_of
from app.values.policy import Policy

_LONGEST = timedelta(days=365)
_NAMES = {
    "window_days": "rank_window_days",
    "min_orders": "rank_min_orders",
    "min_suppliers": "rank_min_suppliers",
    "fulfilment_weight_bp": "fulfilment_weight_bp",
    "sales_weight_bp": "sales_weight_bp",
    "top_bp": "top_bp",
    "mid_bp": "mid_bp",
}


def rank_suppliers(
    parts: Parts, *, by: str, now: datetime, shop_id: str | None = None, is_trial: bool = False
) -> dict[str, list[Ranked]]:
    """Rank every shop's suppliers (or one shop's) and keep the ranking of the day; by shop, the best first.

    Worked out twice on a day, the later one stands. ``is_trial`` keeps nothing.
    """
    found: dict[str, list[Ranked]] = {}
    for each in [shop_id] if shop_id is not None else shops_with_suppliers(parts, now):
        terms = terms_of(parts, each)
        if terms is None:  # the rules in force have no supply pack
            continue

        with parts.db.read() as session:  # counting takes seconds in a large shop: nobody's writing waits for it
            ranked = rank(figures_of(session, each, until=now, days=terms.window_days), terms)
        if not is_trial:
            _keep(parts, each, ranked, by=by, now=now)
        found[each] = ranked
    return found


def terms_of(parts: Parts, shop_id: str) -> Terms | None:
    """The parameters that hold for a shop; None where the rules in force lack one."""
    policy: Policy = parts.live.current.engine.policy(scope_of(shop_id, {}))
    said = {name: policy.count(f"supply.{parameter}") for name, parameter in _NAMES.items()}
    known = {name: value for name, value in said.items() if value is not None}
    return Terms(**known) if len(known) == len(said) else None


def _keep(parts: Parts, shop_id: str, ranked: Sequence[Ranked], *, by: str, now: datetime) -> None:
    day = day_of(now).isoformat()

    def work(session: Session) -> None:
        event_log.lock(session, [f"{shop_id}|supplier_rank"])
        ranks.write(session, shop_id, ranked, day=day, rules_snapshot=parts.live.current.rules_id, now=now)
        audit.record(
            session,
            actor=by,
            action="suppliers.rank",
            object_type="shop",
            object_id=shop_id,
            shop_id=shop_id,
            details={"day": day, "suppliers": len(ranked), "ranked": sum(each.place is not None for each in ranked)},
            now=now,
        )

    parts.db.write(work)


def shops_with_suppliers(parts: Parts, now: datetime) -> list[str]:
    """Shops with an order of a known supplier in the longest window there may be."""
    recent = Order.supplier_id.is_not(None) & (Order.paid_at > now - _LONGEST)
    with parts.db.read() as session:
        return sorted(session.scalars(select(Order.shop_id).where(recent).distinct()))
