"""How often a limited-time sale began anew: its end was put off, or a like sale of the goods had just ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Campaign, Event
from app.values.facts import Happened
from app.values.given_instants import read_instant
from app.values.policy import Policy

WINDOW = "marketing.reset_window_hours"
FACTS = ("past.flash_reset_count",)
PARAMETERS = (WINDOW,)


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, int | None]:
    """Both kinds counted over the window that ends at the event."""
    window = policy.span(WINDOW)
    if window is None:
        return dict.fromkeys(FACTS)
    count = _put_off(session, event, since=event.at - window)
    if facts.get("sku_id"):
        starts = facts.get("starts_at") or event.at
        before = (Campaign.shop_id == event.shop_id) & (Campaign.sku_id == facts["sku_id"])
        like = (Campaign.type == "flash_sale") & (Campaign.subject != event.subject) & (Campaign.created_at <= event.at)
        ended = (Campaign.ends_at > starts - window) & (Campaign.ends_at <= starts)
        count += session.scalar(select(func.count()).select_from(Campaign).where(before, like, ended)) or 0
    return {FACTS[0]: count}


def _put_off(session: Session, event: Happened, *, since: Any) -> int:
    """How often its end was told later than before, up to and with this event."""
    own = (Event.shop_id == event.shop_id) & (Event.kind == "campaign.create") & (Event.subject == event.subject)
    told = session.execute(
        select(Event.source, Event.event_id, Event.happened_at, Event.facts)
        .where(own, Event.happened_at <= event.at)
        .order_by(Event.happened_at, Event.source, Event.event_id)
    )
    history = [
        (at, read_instant(said.get("ends_at")))
        for source, name, at, said in told
        if (source, name) != (event.source, event.id)
    ] + [(event.at, event.facts.get("ends_at"))]
    count, end = 0, None
    for at, said in history:
        if said is None:
            continue
        count += end is not None and said > end and at > since
        end = said
    return count
