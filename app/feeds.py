"""How alive a shop's feeds of events are. Lateness is the absence of an event, so a silent feed must not look like it.

A shop may be told of by several sources: its own system, the platform's push. Each has a watermark of its own, because
one that goes on must not hide another that fell silent. A source is fresh while something came within the longest
silence that is believed, and, after a silence, once it has been heard again for the settling time: what piled up
meanwhile has to come first. A shop is fresh while all sources are that tell of its orders; one that only ever told of
payments or complaints is silent for honest reasons, and counts where there is no other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.models import Feed

SILENCE = "compensation.feed_silence_minutes"
SETTLING = "compensation.feed_settling_minutes"
LONGEST_SILENCE = timedelta(minutes=60)
SETTLING_TIME = timedelta(minutes=30)
_CLOCKS_DIFFER = timedelta(minutes=1)
UNKNOWN = ""
"""The source of what was noted before sources were told apart."""
_ORDERS = ("order.", "logistics.")


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What is believed of a feed: the longest silence, and how long it has to be heard again after one."""

    silence: timedelta = LONGEST_SILENCE
    settling: timedelta = SETTLING_TIME


USUAL = Rhythm()


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of one shop from one source at once: ``count`` events, or a sign of life (0)."""

    shop_id: str
    source: str
    count: int
    happened_at: datetime | None
    tells_orders: bool


def tells_orders(kind: str) -> bool:
    """Whether events of this kind say what became of an order, so that their absence says something, too."""
    return kind.startswith(_ORDERS)


def note(session: Session, heard: Heard, *, now: datetime, rhythm: Rhythm = USUAL) -> None:
    """Something was heard."""
    row = session.get(Feed, (heard.shop_id, heard.source), with_for_update=True) or _taken_over(session, heard)
    if row is None:
        first = heard.happened_at or now
        row = Feed(shop_id=heard.shop_id, source=heard.source, last_received_at=now, last_happened_at=first)
        row.tells_orders, row.event_count = heard.tells_orders, heard.count
        session.add(row)
        session.flush()
        return
    if _is_of_another_clock(row, now):
        row.last_received_at, row.fresh_since = now, now
    elif now - row.last_received_at > rhythm.silence:
        row.fresh_since = now
    row.last_received_at = max(row.last_received_at, now)
    row.event_count += heard.count
    row.tells_orders |= heard.tells_orders
    if heard.happened_at is not None:
        row.last_happened_at = max(row.last_happened_at, heard.happened_at)
    session.flush()


def all_fresh(rows: Collection[Feed], now: datetime, rhythm: Rhythm = USUAL) -> bool:
    """Whether what is missing from a shop's events may be taken as not having happened, by the rows of its sources."""
    return bool(rows) and not holding_up(rows, now, rhythm)


def holding_up(rows: Collection[Feed], now: datetime, rhythm: Rhythm = USUAL) -> list[Feed]:
    """The sources whose silence keeps a shop from being fresh."""
    telling = [row for row in rows if row.tells_orders]
    silent = [row for row in telling or rows if not fresh(row, now, rhythm)]
    return silent if telling or len(silent) == len(rows) else []


def fresh(row: Feed, now: datetime, rhythm: Rhythm = USUAL) -> bool:
    """Whether one source is."""
    if now - row.last_received_at > rhythm.silence or _is_of_another_clock(row, now):
        return False
    return row.fresh_since is None or now - row.fresh_since >= rhythm.settling


def _is_of_another_clock(row: Feed, now: datetime) -> bool:
    """Whether it was heard in the future, while a clock was ahead: that says nothing of how long it is silent."""
    return row.last_received_at - now > _CLOCKS_DIFFER or (
        row.fresh_since is not None and row.fresh_since - now > _CLOCKS_DIFFER
    )


def of_shop(session: Session, shop_id: str) -> Sequence[Feed]:
    """Every source of a shop."""
    return session.scalars(select(Feed).where(Feed.shop_id == shop_id).order_by(Feed.source)).all()


def all_feeds(session: Session, shop_ids: Collection[str] | None = None) -> list[Feed]:
    """Every source of every shop, or of some shops."""
    query = select(Feed).order_by(Feed.shop_id, Feed.source)
    return list(session.scalars(query if shop_ids is None else query.where(Feed.shop_id.in_(sorted(shop_ids)))))


def silent_shops(session: Session, shop_ids: Collection[str] | None = None, *, limit: int) -> list[str]:
    """Shops that some source's silence keeps from being fresh, as it was last found; at most so many."""
    query = select(Feed.shop_id).where(Feed.stale_since.is_not(None))
    if shop_ids is not None:
        query = query.where(Feed.shop_id.in_(sorted(shop_ids)))
    return list(session.scalars(query.distinct().order_by(Feed.shop_id).limit(limit)))


def known_shops(session: Session) -> list[str]:
    """Every shop of which anything was ever heard."""
    return list(session.scalars(select(Feed.shop_id).distinct().order_by(Feed.shop_id)))


def by_shop(rows: Iterable[Feed]) -> dict[str, list[Feed]]:
    """The rows of each shop."""
    found: dict[str, list[Feed]] = defaultdict(list)
    for row in rows:
        found[row.shop_id].append(row)
    return found


def mark(session: Session, row: Feed, *, is_stale: bool, now: datetime) -> bool:
    """Remember since when a source is stale; whether that is news."""
    if is_stale is (row.stale_since is not None):
        return False
    row.stale_since = now if is_stale else None
    session.flush()
    return True


def _taken_over(session: Session, heard: Heard) -> Feed | None:
    """What the shop had before sources were told apart becomes this source's, once."""
    unknown = (Feed.shop_id == heard.shop_id) & (Feed.source == UNKNOWN)
    taken = session.execute(update(Feed).where(unknown).values(source=heard.source).returning(Feed.shop_id))
    if taken.scalar() is None:
        return None
    return session.get(Feed, (heard.shop_id, heard.source), with_for_update=True, populate_existing=True)
