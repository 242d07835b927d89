"""The events of a backtest: those of a period, line by line, judged again as of their own instants.

lines by the index ─ with something in the period? ─ all of the line, added up ─ candidate at each event of the period
                                                          what was said of it then ─┴─ Tally

A rule speaks of an event by everything that happened on its line before, so a line is read whole and once, and what is
drawn by lot are lines. Deadlines that have passed are events, too: rules about what did not happen speak at them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, literal, select, tuple_
from sqlalchemy.orm import Session

from app import deadlines, event_log
from app.backtesting.judgement import NOTHING_SAID, Judgement, event_judgement
from app.backtesting.span import Span
from app.backtesting.tally import Tally
from app.db import Database
from app.event_log import Root
from app.events.timeline import names_of
from app.flows.asked_facts import asked_facts
from app.flows.judge_content import Judge
from app.flows.judge_line import JudgedEvent, judge_line
from app.flows.line_views import as_happened, as_passed
from app.flows.put_on_lines import waits_under
from app.models import Deadline, Event, EventDecision, EventRoot
from app.values.answer import firing_answer
from app.values.facts import Happened

LINES = 20
"""Lines that are read and judged together."""
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


def replay_lines(db: Database, judge: Judge, span: Span, lines: Sequence[LinePlace]) -> Tally:
    """Judge the events of those lines that are chosen again, and count."""
    roots = [(each.shop_id, each.root) for each in lines if span.is_chosen(f"{each.shop_id}/{each.root}")]
    tally = Tally()
    for start in range(0, len(roots), LINES):
        with db.read() as session:
            _count(session, tally, judge, span, roots[start : start + LINES])
    return tally


def _count(session: Session, tally: Tally, judge: Judge, span: Span, roots: Sequence[Root]) -> None:
    told, dues = event_log.told_on(session, roots), deadlines.of_roots(session, roots)
    said, elsewhere = _said(session, roots), _judged_elsewhere(session, judge, told)
    for root in roots:
        events = {row.id: as_happened(judge.kinds[row.kind], row) for row in told[root] if row.kind in judge.kinds}
        lapsed = [row for row in dues.get(root, ()) if row.state == deadlines.PASSED and row.kind in judge.kinds]
        events |= {row.id: as_passed(judge.kinds[row.kind], row) for row in lapsed}
        tally.unreadable += sum(row.kind not in judge.kinds for row in told[root] if _is_in(span, row.happened_at))
        here = {pk: each for pk, each in events.items() if (root, pk) not in elsewhere}
        chosen = {pk: each for pk, each in here.items() if _is_in(span, each.at)}
        before = {pk: said.get((root, each.source, each.id), NOTHING_SAID) for pk, each in chosen.items()}
        after = _judged(session, judge, root, [*events.values()], [*chosen.values()])
        for pk, each in chosen.items():
            now = after.get((each.source, each.id), NOTHING_SAID)
            tally.add(pk, each.shop_id, before[pk], now, outcome=None)


def _judged_elsewhere(
    session: Session, judge: Judge, told: Mapping[Root, Sequence[event_log.ToldEvent]]
) -> set[tuple[Root, str]]:
    """Events that only wait on a line: an order has one of their names, or they are judged under their first."""
    waiting: dict[tuple[Root, str], tuple[str, ...]] = {}
    for root, rows in told.items():
        for row in rows if not root[1].startswith(event_log.ORDER) else ():
            if (kind := judge.kinds.get(row.kind)) is not None:
                event = as_happened(kind, row)
                waiting[root, row.id] = waits_under(kind, event, names_of(kind, event.facts))
    orders = event_log.orders_of(session, {(root[0], name) for (root, _), each in waiting.items() for name in each})
    return {
        (root, pk)
        for (root, pk), names in waiting.items()
        if names[0] != root[1] or any((root[0], name) in orders for name in names)
    }


def _judged(
    session: Session, judge: Judge, root: Root, events: Sequence[Happened], chosen: Sequence[Happened]
) -> dict[tuple[str, str], Judgement]:
    """What the judge says at the chosen events, by source and id; kinds that no rule is about need no facts."""
    wanted = [each for each in chosen if judge.engine.rules_on(each.kind)]
    if not wanted:
        return {}
    judged = judge_line(
        judge,
        events,
        order_id=root[1].removeprefix(event_log.ORDER) if root[1].startswith(event_log.ORDER) else None,
        chosen=wanted,
        past=lambda kind, event, facts: asked_facts(session, judge, kind, event, facts),
    )
    return {(each.event.source, each.event.id): _judgement(each) for each in judged}


def _judgement(each: JudgedEvent) -> Judgement:
    doubts = [{"doubt": doubt} for doubt in each.doubts]
    return event_judgement(each.decision.value, [*map(firing_answer, each.firings), *doubts])


def _said(session: Session, roots: Sequence[Root]) -> Mapping[tuple[Root, str, str], Judgement]:
    """What is said now at each event of the lines."""
    columns = (EventDecision.shop_id, EventDecision.root, EventDecision.source, EventDecision.event_id)
    here = tuple_(EventDecision.shop_id, EventDecision.root).in_(roots)
    wanted = select(*columns, EventDecision.decision, EventDecision.firings).where(here, EventDecision.is_current)
    return {
        ((shop_id, root), source, event_id): event_judgement(decision, firings)
        for shop_id, root, source, event_id, decision, firings in session.execute(wanted)
    }


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


def _is_in(span: Span, at: Any) -> bool:
    return bool(span.from_at <= at < span.to_at)
