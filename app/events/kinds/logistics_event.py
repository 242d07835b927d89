"""``logistics.event``: the carrier's trace of a parcel moved on; joined to its orders by the waybill."""

from __future__ import annotations

from app.events.columns import changes, first, looks, touches
from app.events.looks import ORDER, PARCEL
from app.values.facts import EventKind, Fact, FactType, Happened, Origin, Presence, State

_PICKED_UP = frozenset({"picked_up", "in_transit", "delivering", "signed", "locker", "returned", "forwarded"})


@changes("parcel", "waybill_id")
def _parcel(state: State, event: Happened) -> None:
    state["last_trace_at"], state["last_action"] = event.at, event.facts["action"]
    if event.facts["action"] in _PICKED_UP:
        first(state, "picked_up_at", event.at)
    if event.facts["action"] == "signed":
        first(state, "signed_at", event.at)


KIND = EventKind(
    name="logistics.event",
    subject="parcel",
    key="waybill_id",
    at="action_at",
    doc="A parcel's trace moved on.",
    facts=(
        Fact("waybill_id", FactType.TEXT, doc="the waybill; may be left out, it is the subject"),
        Fact("order_id", FactType.TEXT, doc="the order, where the carrier says it"),
        Fact("action_at", FactType.INSTANT, doc="when it happened; left out: occurred_at"),
        Fact(
            "action",
            FactType.TEXT,
            Presence.REQUIRED,
            Origin.PLATFORM,
            choices=(
                "waiting",
                "assigned",
                "picked_up",
                "pick_up_failed",
                "in_transit",
                "delivering",
                "locker",
                "signed",
                "sign_failed",
                "returned",
                "forwarded",
                "stuck",
                "cancelled",
                "abnormal",
                "unknown",
            ),
            doc="what happened to it",
        ),
        Fact("delivery_id", FactType.TEXT, origin=Origin.PLATFORM, doc="the carrier"),
        Fact(
            "trace_version",
            FactType.INT,
            origin=Origin.PLATFORM,
            unit="count",
            doc="the carrier's version of the trace",
        ),
        Fact(
            "action_type",
            FactType.TEXT,
            origin=Origin.PLATFORM,
            doc="the platform's own code of what happened, such as 100001",
        ),
        *looks(
            "past",
            trace_version_back=(FactType.BOOL, "an earlier trace of the parcel has a higher version"),
            trace_went_back=(FactType.BOOL, "the parcel was further on in an earlier trace, or had its end"),
        ),
        *ORDER,
        *PARCEL,
    ),
    updates=(touches(), _parcel),
    occasion=("waybill_id", "action"),
)
