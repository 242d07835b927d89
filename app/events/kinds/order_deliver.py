"""``order.deliver``: a part of an order, or all that is left of it, was sent off with a waybill."""

from __future__ import annotations

from app.events.columns import changes, first
from app.events.looks import ORDER, PARCEL
from app.events.told_once import TOLD_FACTS
from app.values.facts import EventKind, Fact, FactType, Happened, Presence, State


@changes("order", "order_id")
def _order(state: State, event: Happened) -> None:
    first(state, "first_shipped_at", event.at)
    if event.facts.get("finish_delivery", True):
        first(state, "shipped_at", event.at)


@changes("parcel", "waybill_id")
def _parcel(state: State, event: Happened) -> None:
    first(state, "shipped_at", event.at)
    first(state, "carrier", event.facts.get("delivery_id"))
    first(state, "ship_province", event.facts.get("ship_province"))


KIND = EventKind(
    name="order.deliver",
    subject="order",
    key="order_id",
    at="shipped_at",
    doc="Goods were sent off with a waybill; one event for each parcel.",
    facts=(
        Fact("order_id", FactType.TEXT, doc="the order's id; may be left out, it is the subject"),
        Fact("shipped_at", FactType.INSTANT, doc="when the waybill was uploaded; left out: occurred_at"),
        Fact("finish_delivery", FactType.BOOL, doc="false while a part of the order is still to be sent"),
        Fact("waybill_id", FactType.TEXT, Presence.EXPECTED, doc="the waybill; absent for goods without carrier"),
        Fact("delivery_id", FactType.TEXT, doc="the carrier, such as SF"),
        Fact("ship_province", FactType.TEXT, doc="where it was sent from"),
        Fact("quality_inspect_type", FactType.TEXT, choices=("jewellery", "fresh"), doc="goods that need pictures"),
        Fact("quality_inspect_pics", FactType.TEXT_LIST, doc="waybill, box, opened, item: the pictures that are there"),
        *ORDER,
        *TOLD_FACTS,
        *PARCEL,
    ),
    updates=(_order, _parcel),
    occasion=("waybill_id",),
)
