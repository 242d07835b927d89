"""Of whom the figures may be different from what they were at the run before: told something, or time went on.

A superset is fine, because who is looked at is added up anew; a person left out would go on standing wrongly. What is
told is found by when it came, with a margin for transactions that were open when the run before began to read.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select, union
from sqlalchemy.orm import Session

from app.models import Consent, Event, Order
from app.tiering.pieces import ACTIVITY
from app.tiering.terms import Terms
from app.values.person_names import spelt

MARGIN = timedelta(minutes=30)


def touched(
    session: Session,
    shop_id: str,
    *,
    before: tuple[datetime, datetime],
    as_of: datetime,
    terms: Terms,
    purposes: Sequence[str],
) -> list[str]:
    """Canonical references of everybody to look at; ``before`` are the last run's as_of and when it began to read."""
    was, read_at = before
    since = min(was, read_at) - MARGIN
    orders = (Order.shop_id == shop_id) & Order.buyer_ref.is_not(None)
    events = (Event.shop_id == shop_id) & (Event.kind == ACTIVITY)
    found: list[Select[str]] = [
        select(spelt(Order.buyer_ref)).where(orders, Order.updated_at > since),
        select(spelt(Event.subject)).where(events, Event.received_at > since),
        select(spelt(Consent.person)).where(Consent.recorded_at > since, Consent.purpose.in_(purposes)),
    ]
    edges = [timedelta(days=days + 1) for days in terms.scores("recency")]
    found += [
        select(spelt(Order.buyer_ref)).where(orders, _crosses(Order.paid_at, was - span, as_of - span))
        for span in (timedelta(), terms.spend_window, terms.activity_window, *edges)
    ]
    found += [
        select(spelt(Event.subject)).where(events, _crosses(Event.happened_at, was - span, as_of - span))
        for span in (timedelta(), terms.activity_window, terms.followed_window)
    ]
    return sorted(session.scalars(select(union(*found).subquery())))


def _crosses(column: Any, start: datetime, end: datetime) -> Any:
    """What comes into a window, or leaves it, between two runs."""
    return (column > start) & (column <= end)
