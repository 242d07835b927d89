"""``ticket.update``: a ticket of the platform's customer service, such as one that urges to ship."""

from __future__ import annotations

from app.events.columns import changes, first, put, touches
from app.events.looks import ORDER, TICKET
from app.values.facts import EventKind, Fact, FactType, Happened, Presence, State


@changes("ticket", "ticket_id")
def _ticket(state: State, event: Happened) -> None:
    said = event.facts
    first(state, "opened_at", said.get("opened_at") or event.at)
    put(state, {name: said.get(name) for name in ("state", "ticket_class", "deadline_at")})
    if said["state"] == "closed":
        first(state, "closed_at", event.at)


KIND = EventKind(
    name="ticket.update",
    subject="ticket",
    key="ticket_id",
    doc="A ticket of the platform's customer service was opened or moved on.",
    facts=(
        Fact("ticket_id", FactType.TEXT, doc="the ticket; may be left out, it is the subject"),
        Fact("order_id", FactType.TEXT, doc="the order it is about, where it is known"),
        Fact("ticket_class", FactType.TEXT, doc="the platform's class; urge_to_ship for 催发货"),
        Fact(
            "state",
            FactType.TEXT,
            Presence.REQUIRED,
            choices=("merchant", "platform", "closed"),
            doc="whose turn it is",
        ),
        Fact("opened_at", FactType.INSTANT, doc="when it was opened, where this is not the first event"),
        Fact("deadline_at", FactType.INSTANT, doc="until when the merchant has to answer"),
        *ORDER,
        *TICKET,
    ),
    updates=(touches(), _ticket),
    occasion=("ticket_id", "state"),
)
