"""Which part of the dispatch deadlines of a shop was met, over a window that ends at the event, and a day before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Deadline
from app.values.facts import Happened
from app.values.policy import Policy

WINDOW = "compensation.timely_window_days"
LEAST = "compensation.timely_min_count"
FACTS = ("past.timely_dispatch_bp", "past.timely_dispatch_before_bp")
PARAMETERS = (WINDOW, LEAST)
_ONE = 10_000


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, int | None]:
    """Basis points, rounded down; None below the least number of deadlines."""
    del facts
    window, least = policy.span(WINDOW), policy.count(LEAST)
    if window is None or least is None:
        return dict.fromkeys(FACTS)
    ends = (event.at, event.at - timedelta(days=1))
    return {
        name: _rate(session, event.shop_id, end - window, end, least) for name, end in zip(FACTS, ends, strict=True)
    }


def _rate(session: Session, shop_id: str, start: datetime, end: datetime, least: int) -> int | None:
    settled = (Deadline.shop_id == shop_id) & Deadline.state.in_(["met", "passed"])
    own = (Deadline.kind == "order.overdue") & (Deadline.due_at > start) & (Deadline.due_at <= end)
    counted = session.execute(
        select(func.count(), func.count().filter(Deadline.state == "met")).where(settled, own)
    ).one()
    total, met = int(counted[0]), int(counted[1])
    return met * _ONE // total if total and total >= least else None
