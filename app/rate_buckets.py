"""The rates of API keys as all processes share them: one row a key, from which a process takes a handful at a time.

A statement for every request would cost more than the request; a handful (a twentieth of the burst) costs one statement
for many, and no process can hold back more than that from the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.models import RateBucket
from app.values.rates import Rate

_SHARE = 20


@dataclass(frozen=True, slots=True)
class Taken:
    """What a process was given, and how the key stands then."""

    units: int
    spent_until: datetime


def handful(rate: Rate) -> int:
    """How many units a process takes at a time."""
    return max(1, rate.burst // _SHARE)


def take(session: Session, key_id: str, rate: Rate, *, wanted: int, now: datetime) -> Taken:
    """Up to ``handful`` units, at least ``wanted`` or none at all."""
    bucket = _locked(session, key_id, now=now)
    there = rate.left(bucket.spent_until, now=now)
    units = min(max(wanted, handful(rate)), there)
    if units < wanted:
        return Taken(0, bucket.spent_until)
    bucket.spent_until = rate.taken(bucket.spent_until, units, now=now)
    session.flush()
    return Taken(units, bucket.spent_until)


def owe(session: Session, key_id: str, rate: Rate, *, units: int, now: datetime) -> Taken:
    """Take units whether they are there or not: what has been let in is paid for by waiting afterwards."""
    bucket = _locked(session, key_id, now=now)
    bucket.spent_until = rate.taken(bucket.spent_until, units, now=now)
    session.flush()
    return Taken(units, bucket.spent_until)


def _locked(session: Session, key_id: str, *, now: datetime) -> RateBucket:
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(insert(RateBucket).values(api_key_id=key_id, spent_until=now).on_conflict_do_nothing())
    return session.scalars(select(RateBucket).where(RateBucket.api_key_id == key_id).with_for_update()).one()
