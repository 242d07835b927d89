"""Settling time lines after something joined them: typed tables, deadlines, what the rules say, and what follows.

events of a line (of a long one only what is new: ``line_views``) ─ added up → typed tables → deadlines ─┐
                                                        ├─ judged: what is new, or all when it came late
deadlines that have passed, as events of their own ─────┘  ─ decisions ─ effects
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import update
from sqlalchemy.orm import Session

from app import deadlines, subjects
from app import effects as register
from app.events.dues import planned
from app.events.shops_told import SETTLES_SHOP
from app.events.timeline import States
from app.events.told_once import SETTLES, SETTLES_PAYMENT
from app.flows import line_marks
from app.flows.asked_facts import asked_facts
from app.flows.carry_effects import carry_effects
from app.flows.judge_content import Judge
from app.flows.judge_line import judge_line, scope_of
from app.flows.keep_decisions import keep_decisions
from app.flows.line_marks import View
from app.flows.line_views import Line, as_passed, near_views, whole_views
from app.flows.told_events import Told, told_of
from app.models import Deadline, EventDecision
from app.values.facts import Happened, State
from app.values.policy import Policy

_CHOSEN = frozenset({SETTLES, SETTLES_PAYMENT, SETTLES_SHOP})
"""After which rows may be made by nothing any more."""


def settle_lines(session: Session, lines: Sequence[Line]) -> dict[str, Told]:
    """Bring everything that rests on the lines up to date; what each fresh event caused, by its key."""
    if not lines:
        return {}
    judge, now = lines[0].parts.live.current, lines[0].now
    for line in lines:
        if line.joined:
            _take_over(session, line)
    there = deadlines.of_roots(session, [line.key for line in lines])
    told: dict[str, Told] = {}
    near = near_views(session, judge, [(line, there[line.key]) for line in lines])
    far = [line for line in lines if line.key not in near]
    whole = whole_views(session, judge, far)
    views = near | whole
    subjects.write(session, [(line.shop_id, line.order_id or "", views[line.key].states) for line in lines], now=now)
    for line in lines:
        if line.order_id and any(each.kind in _CHOSEN for each in fresh_of(line, views[line.key])):
            subjects.drop_others(session, line.shop_id, line.order_id, views[line.key].states)
        wanted = wanted_deadlines(judge, line.shop_id, views[line.key].states)
        dues, changed = deadlines.reconcile(session, *line.key, there[line.key], wanted, now=now)
        if changed and line.key in near:  # what was judged does not hold any more: all of the line is needed
            views |= whole_views(session, judge, [line])
        told |= _judge(session, judge, line, views[line.key], dues, is_whole=changed or bool(line.joined))
    session.flush()
    line_marks.note(session, [(line.key, views[line.key]) for line in lines])
    return told


def wanted_deadlines(judge: Judge, shop_id: str, states: States) -> list[deadlines.Wanted]:
    """The deadlines that the kinds declare for the present state of a line."""

    def policy_for(order: State) -> Policy:
        return judge.engine.policy(scope_of(shop_id, order))

    return [
        deadlines.Wanted(each.kind, each.due.name, each.subject_type, each.subject, each.due.at, each.due.outcome)
        for each in planned(judge.kinds, states, policy_for)
    ]


def _judge(
    session: Session, judge: Judge, line: Line, view: View, dues: Sequence[Deadline], *, is_whole: bool
) -> dict[str, Told]:
    parts, events = line.parts, view.events
    lapsed = {row.id: as_passed(judge.kinds[row.kind], row) for row in dues if row.state == deadlines.PASSED}
    fresh = fresh_of(line, view) + [lapsed[pk] for pk in line.due if pk in lapsed]
    others = [each for pk, each in {**events, **lapsed}.items() if pk not in line.fresh | line.due]
    is_whole = is_whole or is_late(fresh, others)
    judged = judge_line(
        judge,
        [*events.values(), *lapsed.values()],
        order_id=line.order_id,
        chosen=None if is_whole else fresh,
        tripped=parts.live.tripped,
        sample=parts.settings.sample_bp > parts.chance.randrange(10_000),
        past=lambda kind, event, facts: asked_facts(session, judge, kind, event, facts),
        start=view.start,
    )
    for each in judged:
        parts.counts.note(judge.engine.rules_on(each.event.kind), each.firings, now=line.now)
    asks = keep_decisions(session, parts, judged, shop_id=line.shop_id, root=line.root, is_whole=is_whole, now=line.now)
    standing = carry_effects(
        session, parts, asks, shop_id=line.shop_id, root=line.root, is_whole=is_whole, now=line.now
    )
    said = {(each.event.source, each.event.id): each for each in judged}
    by_event = {pk: said[events[pk].source, events[pk].id] for pk in line.fresh if pk in events}
    return {pk: told_of(each, standing, dues) for pk, each in by_event.items()}


def fresh_of(line: Line, view: View) -> list[Happened]:
    """The line's new events."""
    return [view.events[pk] for pk in line.fresh if pk in view.events]


def is_late(fresh: Iterable[Happened], others: Iterable[Happened]) -> bool:
    """Whether something that was judged before stands after one of the new events."""
    earliest = min((each.place for each in fresh), default=None)
    return earliest is not None and any(each.place > earliest for each in others)


def _take_over(session: Session, line: Line) -> None:
    """What was worked out while the order was not known goes to the order's line."""
    subjects.drop_waiting(session, line.shop_id, line.joined)
    register.move(session, line.shop_id, line.joined, line.root)
    for model in (EventDecision, Deadline):
        moved = (model.shop_id == line.shop_id) & model.root.in_(list(line.joined))
        session.execute(update(model).where(moved).values(root=line.root))
