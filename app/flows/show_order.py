"""Showing one order whole: as it stands, how it came to it, and everything that rests on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import deadlines, event_log, subjects
from app import effects as register
from app.errors import Conflict, NotFound
from app.events.stored import as_json
from app.events.timeline import walk
from app.flows.judge_content import Judge
from app.flows.line_views import as_happened
from app.flows.told_events import current_decisions, deadline_answer, effect_answer
from app.models import Event, EventDecision, Order
from app.values.access import Caller

PARTS = {"parcels": "parcel", "refunds": "refund", "splits": "split", "complaints": "complaint", "tickets": "ticket"}


def show_order(session: Session, judge: Judge, order_id: str, *, shop_id: str | None, caller: Caller) -> dict[str, Any]:
    """The order as plain JSON.

    Raises:
        NotFound: none of the caller's shops has it.
        Conflict: several have it and ``shop_id`` was not given; names them.
    """
    order = find_order(session, order_id, shop_id=shop_id, caller=caller)
    root = f"{event_log.ORDER}{order.subject}"
    key = (order.shop_id, root)
    events = sorted(
        event_log.events_on(session, [key])[key], key=lambda row: (row.happened_at, row.source, row.event_id)
    )
    decisions = current_decisions(session, order.shop_id, root)
    return {
        **order_answer(order),
        **{name: [_row(each) for each in _rows(session, order, table)] for name, table in PARTS.items()},
        "deadlines": [deadline_answer(row) for row in _by_due(deadlines.of_roots(session, [key])[key])],
        "events": [_event(row) for row in events],
        "decisions": [_decision(row) for row in sorted(decisions.values(), key=lambda row: row.happened_at)],
        "effects": [effect_answer(row) for row in register.of_root(session, order.shop_id, root).values()],
        "history": list(_history(judge, events, order.subject)),
    }


def find_order(session: Session, order_id: str, *, shop_id: str | None, caller: Caller) -> Order:
    """The order of that id in one of the caller's shops; raises as ``show_order``."""
    wanted = (Order.subject == order_id) & caller.only_own(Order.shop_id)
    if shop_id is not None:
        wanted &= Order.shop_id == shop_id
    found = session.scalars(select(Order).where(wanted).limit(10)).all()
    if len(found) > 1:  # where a person said which shop has it, the others are not meant
        found = [row for row in found if not row.belongs_elsewhere]
    if not found:
        raise NotFound(f"no order {order_id}")
    if len(found) > 1:
        raise Conflict(f"several shops have {order_id}: add shop_id, one of {', '.join(row.shop_id for row in found)}")
    return found[0]


def order_answer(row: Order) -> dict[str, Any]:
    """An order's own columns as plain JSON, without what they were counted from."""
    own = {"order_id": row.subject, "shop_id": row.shop_id, "version": row.version, "updated_at": row.updated_at}
    return own | {name: getattr(row, name) for name in subjects.shown_columns("order")}


def _rows(session: Session, order: Order, table: str) -> list[Any]:
    return subjects.of_order(session, order.shop_id, order.subject, table)


def _row(row: Any) -> dict[str, Any]:
    return {"id": row.subject, "version": row.version, "updated_at": row.updated_at} | subjects.state_of(row)


def _by_due(rows: Sequence[Any]) -> list[Any]:
    return sorted(rows, key=lambda row: (row.due_at, row.kind, row.name))


def _event(row: Event) -> dict[str, Any]:
    names = ("source", "kind", "subject", "occurred_at", "happened_at", "received_at")
    return {"id": row.event_id} | {name: getattr(row, name) for name in names} | {"data": row.facts}


def _decision(row: EventDecision) -> dict[str, Any]:
    names = ("kind", "subject", "source", "event_id", "happened_at", "decided_at", "decision", "firings")
    return {name: getattr(row, name) for name in (*names, "rules_snapshot")}


def _history(judge: Judge, rows: Sequence[Event], order_id: str) -> Iterator[dict[str, Any]]:
    """What each event changed of the order's columns, in the order of happening; tellings have a list of their own."""
    events = [as_happened(judge.kinds[row.kind], row) for row in rows if row.kind in judge.kinds]
    before: dict[str, Any] = {}
    for event, picture in walk(events, judge.kinds, order_id=order_id):
        state = dict(picture.state("order", order_id) or {})
        changed = {name: value for name, value in state.items() if before.get(name) != value}
        changed.pop("payments", None)
        yield {"at": event.at, "kind": event.kind, "event_id": event.id, "changed": as_json(changed)}
        before = state
