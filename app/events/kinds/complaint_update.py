"""``complaint.update``: a buyer's complaint was opened, answered or settled."""

from __future__ import annotations

from app.events.columns import changes, first, put, touches
from app.events.looks import COMPLAINT, ORDER
from app.values.facts import EventKind, Fact, FactType, Happened, Presence, State


@changes("complaint", "complaint_id")
def _complaint(state: State, event: Happened) -> None:
    said = event.facts
    first(state, "opened_at", said.get("opened_at") or event.at)
    put(state, {name: said.get(name) for name in ("status", "expires_at", "channel")})
    if said["status"] in {"processing", "processed"}:
        first(state, "replied_at", event.at)
    if said["status"] in {"processed", "closed"}:
        first(state, "closed_at", event.at)


KIND = EventKind(
    name="complaint.update",
    subject="complaint",
    key="complaint_id",
    doc="A complaint was opened or moved on.",
    facts=(
        Fact("complaint_id", FactType.TEXT, doc="the complaint; may be left out, it is the subject"),
        Fact("order_id", FactType.TEXT, doc="the order it is about, where it is known"),
        Fact("transaction_id", FactType.TEXT, doc="the payment it is about"),
        Fact(
            "status",
            FactType.TEXT,
            Presence.REQUIRED,
            choices=("pending", "processing", "processed", "closed"),
            doc="where it stands; processing: the merchant has answered",
        ),
        Fact("action", FactType.TEXT, doc="the platform's word for what happened"),
        Fact("channel", FactType.TEXT, choices=("shop", "miniprogram", "pay"), doc="where it was made"),
        Fact("opened_at", FactType.INSTANT, doc="when it was opened, where this is not the first event"),
        Fact("expires_at", FactType.INSTANT, doc="when the platform decides without the merchant"),
        *ORDER,
        *COMPLAINT,
    ),
    updates=(touches(), _complaint),
    occasion=("complaint_id", "status"),
)
