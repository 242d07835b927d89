"""How lively a day's entries and redemptions were against the days before, and how much of that looks made up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Event
from app.values.facts import Happened
from app.values.policy import Policy

BASE = "marketing.lift_base_days"
LEAST = "marketing.lift_min_count"
FAR = "marketing.far_meters"
FACTS = ("past.entry_lift_bp", "past.new_author_bp", "past.visit_lift_bp", "past.far_redemption_bp")
PARAMETERS = (BASE, LEAST, FAR)
_DAY = timedelta(days=1)


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, int | None]:
    """The day that ends at the event against the average of the days before it, in basis points of growth."""
    del facts
    base, least, far = policy.span(BASE), policy.count(LEAST), policy.count(FAR)
    if base is None or least is None or far is None:
        return dict.fromkeys(FACTS)
    redeemed = Event.facts["redeemed"].as_boolean().is_(True)
    day = (event.at - _DAY, event.at)
    entries = [_count(session, event.shop_id, "ugc.submit", each, None) for each in (day, (day[0] - base, day[0]))]
    visits = [_count(session, event.shop_id, "coupon.scan", each, redeemed) for each in (day, (day[0] - base, day[0]))]
    return {
        FACTS[0]: _lift(*entries, base=base, least=least),
        FACTS[1]: _new_authors(session, event.shop_id, day),
        FACTS[2]: _lift(*visits, base=base, least=least),
        FACTS[3]: _far(session, event.shop_id, day, far),
    }


def _lift(today: int, before: int, *, base: timedelta, least: int) -> int | None:
    """Growth over the daily average before; None where there were too few to speak of an average."""
    if before < least:
        return None
    return today * base.days * 10_000 // before - 10_000


def _own(shop_id: str, kind: str, span: tuple[datetime, datetime]) -> Any:
    return (
        (Event.shop_id == shop_id)
        & (Event.kind == kind)
        & (Event.happened_at > span[0])
        & (Event.happened_at <= span[1])
    )


def _count(session: Session, shop_id: str, kind: str, span: tuple[datetime, datetime], also: Any) -> int:
    wanted = select(func.count()).select_from(Event).where(_own(shop_id, kind, span))
    return session.scalar(wanted if also is None else wanted.where(also)) or 0


def _new_authors(session: Session, shop_id: str, day: tuple[datetime, datetime]) -> int | None:
    author = Event.facts["author_ref"].as_string()
    today = set(session.scalars(select(author).distinct().where(_own(shop_id, "ugc.submit", day), author.is_not(None))))
    if not today:
        return None
    long_ago = datetime(2000, 1, 1, tzinfo=day[0].tzinfo)
    before = _own(shop_id, "ugc.submit", (long_ago, day[0]))
    ordered = sorted(today)
    known: set[str] = set()
    for begin in range(0, len(ordered), 300):
        part = author.in_(ordered[begin : begin + 300])
        known.update(session.scalars(select(author).distinct().where(before, part)))
    return len(today - known) * 10_000 // len(today)


def _far(session: Session, shop_id: str, day: tuple[datetime, datetime], far: int) -> int | None:
    distance = Event.facts["distance_meters"].as_integer()
    redeemed = Event.facts["redeemed"].as_boolean().is_(True)
    known, away = session.execute(
        select(func.count(), func.count().filter(distance > far))
        .select_from(Event)
        .where(_own(shop_id, "coupon.scan", day), redeemed, distance.is_not(None))
    ).one()
    return int(away) * 10_000 // int(known) if known else None
