"""The events of a backtest: those of a period, line by line, judged again as of their own instants.

lines by the index ─ with something in the period? ─ all of the line, added up ─ candidate at each event of the period
                                                          what was said of it then ─┴─ Tally

A rule speaks of an event by everything that happened on its line before, so a line is read whole and once, and what is
drawn by lot are lines. Deadlines that have passed are events, too: rules about what did not happen speak at them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from app import deadlines, event_log
from app.backtesting.judgement import NOTHING_SAID, Judgement, event_judgement
from app.backtesting.span import Span
from app.backtesting.tally import Tally
from app.db import Database
from app.event_log import Root
from app.events.timeline import names_of
from app.flows.asked_facts import asked_facts
from app.flows.carry_effects import OPEN_CASE
from app.flows.judge_content import Judge
from app.flows.judge_line import JudgedEvent, judge_line
from app.flows.line_views import as_happened, as_passed
from app.flows.put_on_lines import waits_under
from app.flows.walk_lines import LinePlace
from app.models import Case, Effect, EventDecision
from app.review.cases import DECIDED_STATES
from app.review.precedents import VERDICTS
from app.values.answer import firing_answer
from app.values.facts import Happened

LINES = 20
"""Lines that are read and judged together."""


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
        again = _judged(session, judge, root, [*events.values()], [*chosen.values()])
        for pk, each in chosen.items():
            before, outcome = said.get((root, each.source, each.id), (NOTHING_SAID, None))
            after = again.get((each.source, each.id), NOTHING_SAID)
            tally.add(pk, each.shop_id, before, after, outcome=outcome)


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


_Said = Mapping[tuple[Root, str, str], tuple[Judgement, str | None]]


def _said(session: Session, roots: Sequence[Root]) -> _Said:
    """What is said now at each event of the lines, and what an officer made of the case it opened."""
    here = tuple_(EventDecision.shop_id, EventDecision.root).in_(roots)
    rows = session.scalars(select(EventDecision).where(here, EventDecision.is_current)).all()
    outcomes = _outcomes(session, [row.id for row in rows])
    return {
        ((row.shop_id, row.root), row.source, row.event_id): (
            event_judgement(row.decision, row.firings),
            outcomes.get(row.id),
        )
        for row in rows
    }


def _outcomes(session: Session, decision_ids: Sequence[str]) -> dict[str, str]:
    """What officers decided in the cases that these decisions opened or joined; of several the last word."""
    opened: list[tuple[str, str]] = []
    for some in event_log.portions(decision_ids):
        mine = Effect.decision_id.in_(some) & (Effect.verb == OPEN_CASE)
        effects = session.execute(select(Effect.decision_id, Effect.result).where(mine))
        opened += [(one, result["case_id"]) for one, result in effects if result and "case_id" in result]
    last: dict[str, tuple[datetime, str]] = {}
    for some in event_log.portions(sorted({case_id for _, case_id in opened})):
        decided = Case.id.in_(some) & Case.state.in_(DECIDED_STATES)
        for case_id, at, outcome in session.execute(select(Case.id, Case.decided_at, Case.outcome).where(decided)):
            assert at is not None, "a decided case has its instant"
            assert outcome is not None, "and its outcome"
            last[case_id] = (at, VERDICTS.get(outcome, outcome))
    words = sorted((*last[case_id], decision_id) for decision_id, case_id in opened if case_id in last)
    return {decision_id: outcome for _, outcome, decision_id in words}


def _is_in(span: Span, at: Any) -> bool:
    return bool(span.from_at <= at < span.to_at)
