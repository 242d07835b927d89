"""Timely dispatch: dispatch deadlines that fell into the hour, and whether they were met."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Deadline


def count(session: Session, since: datetime, until: datetime) -> Iterable[tuple[str, str, str, str, int]]:
    """``dispatch`` by ``met`` and ``passed``, as the supply chain's page defines the rate."""
    lately = (Deadline.due_at >= since) & (Deadline.due_at < until) & (Deadline.kind == "order.overdue")
    settled = Deadline.state.in_(["met", "passed"])
    columns = (Deadline.shop_id, Deadline.state)
    for shop_id, state, times in session.execute(
        select(*columns, func.count()).where(settled, lately).group_by(*columns)
    ):
        yield "dispatch", shop_id, state, "", times
