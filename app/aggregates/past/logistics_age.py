"""How long ago a shop's carriers last told something while parcels are on their way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Event, Parcel
from app.values.facts import Happened
from app.values.policy import Policy

WINDOW = "supply.sync_window_days"
FACTS = ("past.parcels_underway_count", "past.logistics_age_seconds")
PARAMETERS = (WINDOW,)


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, Any]:
    """Parcels sent in the window and not at their end, and the seconds since any trace of the shop was received.

    Where no trace ever came, the time runs from when the first of those parcels was sent.
    """
    del facts
    window = policy.span(WINDOW)
    if window is None:
        return dict.fromkeys(FACTS)
    sent = (Parcel.shipped_at > event.at - window) & (Parcel.shipped_at <= event.at)
    goes_on = Parcel.last_action.is_(None) | Parcel.last_action.not_in(["signed", "returned", "cancelled"])
    count, first = session.execute(
        select(func.count(Parcel.subject.distinct()), func.min(Parcel.shipped_at)).where(
            Parcel.shop_id == event.shop_id, sent, Parcel.signed_at.is_(None), goes_on
        )
    ).one()
    if not count or first is None:
        return dict(zip(FACTS, (0, None), strict=True))
    traces = (Event.shop_id == event.shop_id) & (Event.kind == "logistics.event") & (Event.received_at <= event.at)
    last = session.scalar(select(func.max(Event.received_at)).where(traces)) or first
    return dict(zip(FACTS, (count, int((event.at - last).total_seconds())), strict=True))
