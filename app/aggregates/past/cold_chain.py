"""Excursions and gaps among all temperature readings of a parcel, put together over every event that told some.

A stretch runs from its first to its last reading outside the range, so it is never longer than what was really seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Event, EventRoot
from app.values.facts import Happened
from app.values.policy import Policy

FROZEN_MAX, CHILLED_MIN, CHILLED_MAX = (
    f"compensation.{name}" for name in ("frozen_max_mc", "chilled_min_mc", "chilled_max_mc")
)
FACTS = ("past.cold_out_of_range_seconds", "past.cold_longest_gap_seconds")
PARAMETERS = (FROZEN_MAX, CHILLED_MIN, CHILLED_MAX)
Reading = tuple[datetime, int]


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, Any]:
    """Seconds; None where no reading was told, the first also without a label to go by."""
    readings = sorted(set(_readings(session, event)))
    if not readings:
        return dict.fromkeys(FACTS)
    bounds = _bounds(facts.get("label_range"), policy)
    outside = None if bounds is None else _longest_outside(readings, *bounds)
    return dict(zip(FACTS, (outside, _longest_gap(readings)), strict=True))


def _bounds(label: str | None, policy: Policy) -> tuple[int | None, int | None] | None:
    match label:
        case "frozen":
            return None, policy.count(FROZEN_MAX)
        case "chilled":
            return policy.count(CHILLED_MIN), policy.count(CHILLED_MAX)
        case "ambient":
            return None, None
        case _:
            return None


def _longest_outside(readings: Sequence[Reading], low: int | None, high: int | None) -> int:
    longest, since = 0, None
    for at, temp in readings:
        is_outside = (low is not None and temp < low) or (high is not None and temp > high)
        since = (since or at) if is_outside else None
        if since is not None:
            longest = max(longest, int((at - since).total_seconds()))
    return longest


def _longest_gap(readings: Sequence[Reading]) -> int:
    spans = ((later - earlier).total_seconds() for (earlier, _), (later, _) in pairwise(readings))
    return max(map(int, spans), default=0)


def _readings(session: Session, event: Happened) -> Iterator[Reading]:
    """Readings of the same parcel (or of the same sensor where no parcel is said) up to the event."""
    rows = session.execute(
        select(Event.facts, Event.happened_at)
        .join(EventRoot, EventRoot.event_pk == Event.id)
        .where(EventRoot.shop_id == event.shop_id, EventRoot.root == f"order:{event.subject}")
        .where(Event.kind == event.kind, Event.subject == event.subject, Event.happened_at <= event.at)
    )
    which = _which(event.facts)
    for said, at in rows:
        if _which(said) == which:
            yield from _told(said, at)


def _which(facts: Mapping[str, Any]) -> tuple[str, object]:
    waybill = facts.get("waybill_id")
    return ("device", facts.get("device_id")) if waybill is None else ("parcel", waybill)


def _told(said: Mapping[str, Any], at: datetime) -> Iterator[Reading]:
    if said.get("temp_mc") is not None:
        yield at, said["temp_mc"]
    for each in said.get("readings") or ():
        yield datetime.fromisoformat(each["read_at"]), each["temp_mc"]
