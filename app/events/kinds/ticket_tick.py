"""``ticket.tick``: a ticket of the platform is about to run out, or has."""

from __future__ import annotations

from collections.abc import Iterable

from app.events.dues import DUE_FACTS
from app.events.looks import ORDER, TICKET
from app.values.facts import Due, Dues, EventKind, Fact, FactType, State
from app.values.policy import Policy

TICKET_HOURS = "compensation.ticket_hours"
SOON = "compensation.ticket_soon_hours"


def _dues(ticket: State, _order: State, policy: Policy) -> Iterable[Due]:
    opened_at, within, before = ticket.get("opened_at"), policy.span(TICKET_HOURS), policy.span(SOON)
    deadline = ticket.get("deadline_at") or (opened_at + within if opened_at and within is not None else None)
    if deadline is None:
        return
    if before is not None:
        yield Due("ticket_soon", deadline - before, ticket.get("closed_at"))
    yield Due("ticket", deadline, ticket.get("closed_at"))


KIND = EventKind(
    name="ticket.tick",
    subject="ticket",
    key="ticket_id",
    sent=False,
    doc="A ticket of the platform's customer service runs out.",
    facts=(Fact("ticket_id", FactType.TEXT, doc="the ticket"), *DUE_FACTS, *ORDER, *TICKET),
    occasion=("deadline",),
    dues=Dues("ticket", _dues, needs_feed=False),
)
