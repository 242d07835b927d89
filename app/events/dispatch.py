"""By when an order has to be sent off: the one place where that is worked out.

base = the platform's own deadline, else the announced time of a presale, else payment + the time for spot goods without
the pauses of the calendar; a shorter promise that the buyer saw binds; an agreed extension moves it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from app.events.dues import working_time
from app.events.holidays import pauses_of
from app.values.facts import State
from app.values.policy import Policy

SPOT = "compensation.spot_dispatch_hours"
PAUSES = "compensation.dispatch_pauses"
HOLIDAYS, PAUSING = "compensation.holidays", "compensation.pausing_holidays"


def dispatch_due(order: State, policy: Policy) -> datetime | None:
    """The effective deadline; None while it cannot be known. Stock of unknown kind is taken as spot goods."""
    paid_at: datetime | None = order.get("paid_at")
    base: datetime | None = order.get("delivery_deadline_at")
    if base is None and order.get("stock_type") == "presale":
        base = order.get("predicted_delivery_at")
    elif base is None and paid_at is not None and (spot := policy.span(SPOT)) is not None:
        pauses = policy.texts(PAUSES) + pauses_of(policy.texts(HOLIDAYS), policy.texts(PAUSING))
        base = working_time(paid_at, spot, pauses)
    if base is None:
        return None
    if (promise := order.get("promise_hours")) is not None and paid_at is not None:
        base = min(base, paid_at + timedelta(hours=promise))
    extended: datetime | None = order.get("extended_to_at")
    return base if extended is None else max(base, extended)
