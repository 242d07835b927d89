"""``complaint.tick``: a complaint was not answered by the shop's own time, or by the platform's."""

from __future__ import annotations

from collections.abc import Iterable

from app.events.dues import DUE_FACTS
from app.events.looks import COMPLAINT, ORDER
from app.values.facts import Due, Dues, EventKind, Fact, FactType, State
from app.values.policy import Policy

OWN = "compensation.complaint_own_hours"
PLATFORM = "compensation.complaint_platform_hours"


def _dues(complaint: State, _order: State, policy: Policy) -> Iterable[Due]:
    opened_at, replied, closed = complaint.get("opened_at"), complaint.get("replied_at"), complaint.get("closed_at")
    if opened_at is None:
        return
    if (own := policy.span(OWN)) is not None:
        yield Due("own", opened_at + own, replied, closed)
    within = policy.span(PLATFORM)
    expires_at = complaint.get("expires_at") or (opened_at + within if within is not None else None)
    if expires_at is not None:
        yield Due("platform", expires_at, replied, closed)


KIND = EventKind(
    name="complaint.tick",
    subject="complaint",
    key="complaint_id",
    sent=False,
    doc="A complaint was not answered in time.",
    facts=(Fact("complaint_id", FactType.TEXT, doc="the complaint"), *DUE_FACTS, *ORDER, *COMPLAINT),
    occasion=("deadline",),
    dues=Dues("complaint", _dues, needs_feed=False),
)
