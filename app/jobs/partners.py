"""What recurs about suppliers and providers: rankings and ratings by night, logistics and badges by the hour."""

from __future__ import annotations

from datetime import datetime

from app import queue
from app.flows.parts import Parts
from app.flows.rank_suppliers import rank_suppliers
from app.flows.rate_providers import rate_providers
from app.flows.tell_logistics import tell_logistics
from app.flows.watch_badges import watch_badges
from app.queue import Claim

BY = "system"


def work_ranking(parts: Parts, claim: Claim, now: datetime) -> None:
    """Every night: rank the suppliers of every shop."""
    rank_suppliers(parts, by=BY, now=now)
    _finish(parts, claim, now)


def work_logistics(parts: Parts, claim: Claim, now: datetime) -> None:
    """Every hour: say how fresh each shop's logistics are."""
    tell_logistics(parts, now=now)
    _finish(parts, claim, now)


def work_rating(parts: Parts, claim: Claim, now: datetime) -> None:
    """Every night: rate the service providers."""
    rate_providers(parts, by=BY, now=now)
    _finish(parts, claim, now)


def work_badges(parts: Parts, claim: Claim, now: datetime) -> None:
    """Every hour: take badges away whose conditions are gone."""
    watch_badges(parts, now=now)
    _finish(parts, claim, now)


def _finish(parts: Parts, claim: Claim, now: datetime) -> None:
    parts.db.write(lambda session: queue.finish(session, claim, now=now))
