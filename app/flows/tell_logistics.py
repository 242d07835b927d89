"""Telling how fresh logistics are: one ``logistics.sync`` a shop and hour, so that rules notice a silent carrier.

A carrier's interface that went silent sends nothing, so nobody but the clock can say so.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from app.events.stored import SentEvent
from app.flows.judge_line import scope_of
from app.flows.parts import Parts
from app.flows.take_event import take_events
from app.models import Parcel
from app.text.words import CHINA_TIME

SOURCE = "weiheng"
_WINDOW = "supply.sync_window_days"


def tell_logistics(parts: Parts, *, now: datetime) -> int:
    """Tell the present hour of every shop with parcels on their way; once an hour, however often it is called."""
    if not parts.live.is_ready:  # before the first snapshot there is no rule that could look at it
        return 0
    began = now.replace(minute=0, second=0, microsecond=0)
    hour = began.astimezone(CHINA_TIME).strftime("%Y-%m-%dT%H")
    window = parts.live.current.engine.policy(scope_of("", {})).span(_WINDOW) or timedelta(0)
    with parts.db.read() as session:
        underway = (Parcel.shipped_at > began - window) & (Parcel.shipped_at <= began) & Parcel.signed_at.is_(None)
        shops = sorted(session.scalars(select(Parcel.shop_id).where(underway).distinct()))
    events = [
        SentEvent(f"{shop}:{hour}", "logistics.sync", SOURCE, shop, shop, began, {"hour": hour, "day": hour[:10]})
        for shop in shops
    ]
    told = take_events(parts, events, actor="system", now=now, is_heard=False) if events else []
    return sum(each.status == "accepted" for each in told)
