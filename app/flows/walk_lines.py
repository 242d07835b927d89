"""Which time lines a backtest looks at: those on which something happened in a period, in the order of their names.

The walk steps along the index of lines, a few hundred at a time, and asks of each step what lies in the period: no step
takes long however little that is, and no session stays open between two.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, literal, select, tuple_
from sqlalchemy.orm import Session

from app import deadlines
from app.backtesting.span import Span
from app.db import Database
from app.event_log import Root
from app.models import Deadline, Event, EventRoot

_SCANNED = 400


class LinePlace(NamedTuple):
    """Where a line stands in the walk, and how many of its events lie in the period."""

    shop_id: str
    root: str
    events: int


def count_events(session: Session, span: Span) -> int:
    """How many events and passed deadlines the walk will pass, each on every line it stands on."""
    events = select(func.count()).select_from(EventRoot).join(Event, Event.id == EventRoot.event_pk)
    events = events.where(_in_period(span, Event), _in_shops(span, EventRoot.shop_id))
    passed = select(func.count()).select_from(Deadline)
    passed = passed.where(_has_passed(span), _in_shops(span, Deadline.shop_id))
    return (session.scalar(events) or 0) + (session.scalar(passed) or 0)


def walk_lines(db: Database, span: Span, after: Root | None = None) -> Iterator[LinePlace]:
    """Every line of the span behind ``after`` on which something happened in the period, chosen or not."""
    while True:
        with db.read() as session:
            scanned = _next_lines(session, span, after)
            found = _within(session, span, scanned)
        yield from (LinePlace(*root, found[root]) for root in scanned if found[root])
        if len(scanned) < _SCANNED:
            return
        after = scanned[-1]


def _next_lines(session: Session, span: Span, after: Root | None) -> list[Root]:
    """The next lines by name, whenever something happened on them: a step of the index."""
    place = tuple_(EventRoot.shop_id, EventRoot.root)
    behind = literal(value=True) if after is None else place > tuple_(literal(after[0]), literal(after[1]))
    found = select(EventRoot.shop_id, EventRoot.root).where(behind, _in_shops(span, EventRoot.shop_id)).distinct()
    rows = session.execute(found.order_by(EventRoot.shop_id, EventRoot.root).limit(_SCANNED))
    return [(shop_id, root) for shop_id, root in rows]


def _within(session: Session, span: Span, roots: Sequence[Root]) -> Counter[Root]:
    """How much of the period stands on each of these lines."""
    counts: Counter[Root] = Counter()
    if roots:
        placed = select(EventRoot.shop_id, EventRoot.root, func.count())
        placed = placed.join(Event, Event.id == EventRoot.event_pk).where(_in_period(span, Event))
        placed = placed.where(tuple_(EventRoot.shop_id, EventRoot.root).in_(roots))
        passed = select(Deadline.shop_id, Deadline.root, func.count()).where(_has_passed(span))
        passed = passed.where(tuple_(Deadline.shop_id, Deadline.root).in_(roots))
        for wanted in (
            placed.group_by(EventRoot.shop_id, EventRoot.root),
            passed.group_by(Deadline.shop_id, Deadline.root),
        ):
            counts.update({(shop_id, root): count for shop_id, root, count in session.execute(wanted)})
    return counts


def _in_period(span: Span, event: type[Event]) -> ColumnElement[bool]:
    return (event.happened_at >= span.from_at) & (event.happened_at < span.to_at)


def _has_passed(span: Span) -> ColumnElement[bool]:
    is_due = (Deadline.due_at >= span.from_at) & (Deadline.due_at < span.to_at)
    return is_due & (Deadline.state == deadlines.PASSED)


def _in_shops(span: Span, shop_id: Any) -> ColumnElement[bool]:
    return literal(value=True) if span.shop_ids is None else shop_id.in_(span.shop_ids)
