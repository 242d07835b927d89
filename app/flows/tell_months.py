"""Telling every shop's month that is over: one ``metrics.monthly`` a figure, so that rules look at what it came to."""

from __future__ import annotations

from datetime import datetime, timedelta

from app import feeds
from app.events.stored import SentEvent
from app.flows.parts import Parts
from app.flows.take_event import take_events
from app.values.china_days import month_of, month_starts_at

SOURCE = "weiheng"
FIGURE = "private_gmv_share"


def tell_months(parts: Parts, *, now: datetime) -> int:
    """Tell last month (in China) of every shop that was heard of; once a month, however often it is called."""
    begins = month_starts_at(month_of(now))
    month = month_of(begins - timedelta(days=1))
    with parts.db.read() as session:
        shops = feeds.known_shops(session)
    events = [
        SentEvent(
            f"{FIGURE}:{shop_id}:{month}",
            "metrics.monthly",
            SOURCE,
            shop_id,
            f"{FIGURE}:{month}",
            begins,
            {"name": FIGURE},
        )
        for shop_id in shops
    ]
    told = take_events(parts, events, actor="system", now=now, is_heard=False) if events else []
    return sum(each.status == "accepted" for each in told)
