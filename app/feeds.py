"""How alive a shop's feed of events is. Lateness is the absence of an event, so a silent feed must not look like it.

A feed is fresh while something came within the longest silence that is believed, and, after a silence, once it has been
heard again for the settling time: what piled up meanwhile has to come first.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Feed

SILENCE = "compensation.feed_silence_minutes"
SETTLING = "compensation.feed_settling_minutes"
LONGEST_SILENCE = timedelta(minutes=60)
SETTLING_TIME = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What is believed of a feed: the longest silence, and how long it has to be heard again after one."""

    silence: timedelta = LONGEST_SILENCE
    settling: timedelta = SETTLING_TIME


USUAL = Rhythm()


def note(
    session: Session, shop_id: str, *, count: int, happened_at: datetime | None, now: datetime, rhythm: Rhythm = USUAL
) -> None:
    """Something of a shop was heard: ``count`` events, or a sign of life (0)."""
    row = session.get(Feed, shop_id, with_for_update=True)
    if row is None:
        first = happened_at or now
        session.add(Feed(shop_id=shop_id, last_received_at=now, last_happened_at=first, event_count=count))
        session.flush()
        return
    if now - row.last_received_at > rhythm.silence:
        row.fresh_since = now
    row.last_received_at = max(row.last_received_at, now)
    row.event_count += count
    if happened_at is not None:
        row.last_happened_at = max(row.last_happened_at, happened_at)
    session.flush()


def is_fresh(session: Session, shop_id: str, now: datetime, rhythm: Rhythm = USUAL) -> bool:
    """Whether what is missing from the shop's events may be taken as not having happened."""
    row = session.get(Feed, shop_id)
    return row is not None and fresh(row, now, rhythm)


def fresh(row: Feed, now: datetime, rhythm: Rhythm = USUAL) -> bool:
    """The same of a row in hand."""
    if now - row.last_received_at > rhythm.silence:
        return False
    return row.fresh_since is None or now - row.fresh_since >= rhythm.settling


def all_feeds(session: Session, shop_ids: Collection[str] | None = None) -> list[Feed]:
    """Every feed, or those of some shops."""
    query = select(Feed).order_by(Feed.shop_id)
    return list(session.scalars(query if shop_ids is None else query.where(Feed.shop_id.in_(sorted(shop_ids)))))


def mark(session: Session, row: Feed, *, is_stale: bool, now: datetime) -> bool:
    """Remember since when a feed is stale; whether that is news."""
    if is_stale is (row.stale_since is not None):
        return False
    row.stale_since = now if is_stale else None
    session.flush()
    return True
