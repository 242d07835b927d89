"""What recurs for the dashboard: counting on every minute, and by night the dispatch of the last days once more."""

from __future__ import annotations

from datetime import datetime, timedelta

from app import queue
from app.figures.counting import hour_of
from app.flows.count_figures import DISPATCH_DAYS, count_figures, recount_dispatch
from app.flows.parts import Parts
from app.flows.second_review import watch_drift
from app.queue import Claim


def work_counting(parts: Parts, claim: Claim, now: datetime) -> None:
    """Every minute, and how far officers agree; a long way to go is gone in portions, one a minute."""
    count_figures(parts, now=now)
    watch_drift(parts)
    parts.db.write(lambda session: queue.finish(session, claim, now=now))


def work_recounting(parts: Parts, claim: Claim, now: datetime) -> None:
    """Every night: events told late moved dispatch deadlines of days that were counted."""
    until = hour_of(now)
    recount_dispatch(parts, since=until - timedelta(days=DISPATCH_DAYS), until=until)
    parts.db.write(lambda session: queue.finish(session, claim, now=now))
