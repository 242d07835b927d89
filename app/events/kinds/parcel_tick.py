"""``parcel.tick``: a parcel that was said to be sent has no trace of its carrier in time."""

from __future__ import annotations

from collections.abc import Iterable

from app.events.dues import DUE_FACTS, earliest
from app.events.looks import ORDER, PARCEL
from app.values.facts import Due, Dues, EventKind, Fact, FactType, State
from app.values.policy import Policy

PICKUP = "compensation.pickup_hours"


def _dues(parcel: State, order: State, policy: Policy) -> Iterable[Due]:
    shipped_at, within = parcel.get("shipped_at"), policy.span(PICKUP)
    if shipped_at is not None and within is not None:
        ended = earliest(order.get("cancelled_at"), order.get("fully_refunded_at"))
        yield Due("pickup", shipped_at + within, parcel.get("picked_up_at"), ended)


KIND = EventKind(
    name="parcel.tick",
    subject="parcel",
    key="waybill_id",
    sent=False,
    doc="A parcel's carrier has not taken it over in time.",
    facts=(Fact("waybill_id", FactType.TEXT, doc="the waybill"), *DUE_FACTS, *ORDER, *PARCEL),
    occasion=("deadline",),
    dues=Dues("parcel", _dues),
)
