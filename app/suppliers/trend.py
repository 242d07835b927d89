"""Timely dispatch of the caller's shops day by day, and what the rules found in cold chains and logistics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.models import Deadline, EventDecision
from app.values.access import Caller
from app.values.china_days import day_of, starts_at

ONE = 10_000
COLD, LOGISTICS = ("coldchain.reading",), ("logistics.event", "logistics.sync")


@dataclass(frozen=True, slots=True)
class Day:
    """A day in China: dispatch deadlines that fell on it, and those met; ``rate_bp`` is None where none fell."""

    day: date
    due_count: int
    met_count: int

    @property
    def rate_bp(self) -> int | None:
        """Basis points, rounded down."""
        return self.met_count * ONE // self.due_count if self.due_count else None


def timely_days(session: Session, *, caller: Caller, now: datetime, days: int, shop_id: str | None = None) -> list[Day]:
    """The last days, the oldest first, today included as far as it went."""
    last = day_of(now)
    found = []
    for back in range(days - 1, -1, -1):
        day = last - timedelta(days=back)
        since, until = starts_at(day), min(starts_at(day + timedelta(days=1)), now)
        own = caller.only_own(Deadline.shop_id) & Deadline.state.in_(["met", "passed"])
        mine = (Deadline.kind == "order.overdue") & (Deadline.due_at >= since) & (Deadline.due_at < until)
        if shop_id is not None:
            own &= Deadline.shop_id == shop_id
        counted = select(func.count(), func.count().filter(Deadline.state == "met")).where(own, mine)
        due, met = session.execute(counted).one()
        found.append(Day(day, int(due), int(met)))
    return found


def whole(days: Sequence[Day]) -> Day | None:
    """All days together, by the last of them; None where there are none."""
    if not days:
        return None
    return Day(days[-1].day, sum(each.due_count for each in days), sum(each.met_count for each in days))


def alarms(
    session: Session,
    kinds: Sequence[str],
    *,
    caller: Caller,
    since: datetime,
    limit: int,
    shop_id: str | None = None,
) -> list[EventDecision]:
    """What the rules found at events of these kinds, the newest first."""
    wanted = select(EventDecision).where(_told(kinds, caller, since, shop_id))
    order = (EventDecision.decided_at.desc(), EventDecision.id.desc())
    return list(session.scalars(wanted.order_by(*order).limit(limit)))


def alarm_count(
    session: Session, kinds: Sequence[str], *, caller: Caller, since: datetime, shop_id: str | None = None
) -> int:
    """How many such findings there are."""
    wanted = select(func.count()).select_from(EventDecision).where(_told(kinds, caller, since, shop_id))
    return session.scalar(wanted) or 0


def _told(kinds: Sequence[str], caller: Caller, since: datetime, shop_id: str | None) -> ColumnElement[bool]:
    own = caller.only_own(EventDecision.shop_id) & EventDecision.kind.in_(kinds) & EventDecision.is_current
    if shop_id is not None:
        own &= EventDecision.shop_id == shop_id
    return own & (EventDecision.decided_at >= since) & (EventDecision.decision != "pass")
