"""How often one device did the same, and how an hour of a target compares with its hours before: signs of machines.

An hour ends at the event. The hours before it are cut back from there, so that no clock hour splits a burst in two.
Mean and deviation are in thousandths, because there are no fractions in rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isqrt
from typing import Any

from sqlalchemy import BigInteger, func, literal, select
from sqlalchemy.orm import Session

from app.models import Engagement
from app.values.facts import Happened
from app.values.policy import Policy

DEVICE_WINDOW = "recommendation.device_window_hours"
BASE_HOURS = "recommendation.spike_base_hours"
LEAST_HOURS = "recommendation.spike_least_hours"
FACTS = (
    "past.device_engagement_count",
    "past.target_hour_count",
    "past.target_usual_milli",
    "past.target_sigma_milli",
)
PARAMETERS = (DEVICE_WINDOW, BASE_HOURS, LEAST_HOURS)
_HOUR_S = 3_600
_MILLI = 1_000


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, int | None]:
    """The counts; the usual is None while the target is younger than the least number of hours."""
    hours = _hours(session, event, facts, policy)
    usual, sigma = spread(hours[1:]) if len(hours) > (policy.count(LEAST_HOURS) or 0) else (None, None)
    return {
        "past.device_engagement_count": _by_device(session, event, facts, policy),
        "past.target_hour_count": hours[0] if hours else None,
        "past.target_usual_milli": usual,
        "past.target_sigma_milli": sigma,
    }


def spread(counts: list[int]) -> tuple[int, int]:
    """Mean and standard deviation of whole numbers, both in thousandths, rounded down."""
    many, total = len(counts), sum(counts)
    squares = sum(count * count for count in counts)
    return total * _MILLI // many, isqrt((many * squares - total * total) * _MILLI * _MILLI) // many


def _by_device(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> int | None:
    device, hours = facts.get("device_ref"), policy.count(DEVICE_WINDOW)
    if device is None or hours is None:
        return None
    now = int(event.at.timestamp())
    same = (Engagement.shop_id == event.shop_id) & (Engagement.device_ref == device)
    lately = (Engagement.done_second > now - hours * _HOUR_S) & (Engagement.done_second <= now)
    return session.scalar(select(func.count()).where(same, lately, Engagement.action == facts["action"]))


def _hours(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> list[int]:
    """Counts of the hour up to the event and of those before it, the newest first, back to the target's first one."""
    base, now = policy.count(BASE_HOURS), int(event.at.timestamp())
    if base is None:
        return []
    same = (Engagement.shop_id == event.shop_id) & (Engagement.target == facts["target"])
    lately = (Engagement.done_second > now - (base + 1) * _HOUR_S) & (Engagement.done_second <= now)
    hour = ((literal(now, BigInteger) - Engagement.done_second) // _HOUR_S).label("hour")
    counted = select(hour, func.count()).where(same, lately, Engagement.action == facts["action"]).group_by(hour)
    counts = {int(hour): count for hour, count in session.execute(counted)}
    return [counts.get(number, 0) for number in range(max(counts, default=-1) + 1)]
