"""Telling every shop's day: one ``metrics.daily`` a shop and day, so that rules look at its figures."""

from __future__ import annotations

from datetime import datetime, timedelta

from app import feeds
from app.events.stored import SentEvent
from app.flows.parts import Parts
from app.flows.take_event import take_events
from app.text.words import CHINA_TIME

SOURCE = "weiheng"


def tell_days(parts: Parts, *, now: datetime) -> int:
    """Tell yesterday (in China) of every shop that was heard of; once a day, however often it is called."""
    midnight = now.astimezone(CHINA_TIME).replace(hour=0, minute=0, second=0, microsecond=0)
    day = (midnight - timedelta(days=1)).date().isoformat()
    with parts.db.read() as session:
        shops = feeds.known_shops(session)
    events = [
        SentEvent(f"{shop_id}:{day}", "metrics.daily", SOURCE, shop_id, shop_id, midnight, {"day": day})
        for shop_id in shops
    ]
    told = take_events(parts, events, actor="system", now=now, is_heard=False) if events else []
    return sum(each.status == "accepted" for each in told)
