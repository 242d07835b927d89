"""``order.route``: an order was sent on to a warehouse, which then sees whom the parcel is for."""

from __future__ import annotations

from app.events.columns import looks, touches
from app.events.looks import ORDER
from app.values.facts import EventKind, Fact, FactType, Presence

KIND = EventKind(
    name="order.route",
    subject="order",
    key="order_id",
    doc="An order was assigned to a warehouse.",
    facts=(
        Fact("order_id", FactType.TEXT, doc="the order; may be left out, it is the subject"),
        Fact("warehouse_id", FactType.TEXT, doc="which warehouse"),
        Fact(
            "warehouse_type",
            FactType.TEXT,
            Presence.EXPECTED,
            choices=("own", "third_party"),
            doc="whose warehouse it is",
        ),
        Fact("operator_id", FactType.TEXT, doc="who runs it: a provider that is in the register"),
        Fact("shared_fields", FactType.TEXT_LIST, Presence.EXPECTED, doc="which data about the recipient went along"),
        *looks(
            "past",
            operator_agreement=(FactType.BOOL, "the operator's contract in force has a processing agreement"),
        ),
        *ORDER,
    ),
    updates=(touches(),),
    occasion=("warehouse_id",),
)
