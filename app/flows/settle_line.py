"""Settling time lines after something joined them: typed tables, deadlines, what the rules say, and what follows.

events of a line ─ added up → typed tables → deadlines ─┐
                                                        ├─ judged: what is new, or all when it came late
deadlines that have passed, as events of their own ─────┘  ─ decisions ─ effects
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from app import deadlines, event_log, subjects
from app import effects as register
from app.events.dues import passed, planned
from app.events.stored import from_json
from app.events.timeline import add_up
from app.flows.asked_facts import asked_facts
from app.flows.carry_effects import carry_effects
from app.flows.judge_content import Judge
from app.flows.judge_line import judge_line, scope_of
from app.flows.keep_decisions import keep_decisions
from app.flows.parts import Parts
from app.flows.told_events import Told, told_of
from app.models import Deadline, Event, EventDecision
from app.values.facts import EventKind, Happened, State
from app.values.policy import Policy


@dataclass(slots=True)
class Line:
    """A time line that something joined.

    ``fresh`` are the keys of new events, ``due`` those of deadlines that have just passed, ``joined`` the names whose
    line is this one now.
    """

    parts: Parts
    shop_id: str
    root: str
    now: datetime
    fresh: set[str] = field(default_factory=set)
    due: set[str] = field(default_factory=set)
    joined: set[str] = field(default_factory=set)

    @property
    def order_id(self) -> str | None:
        """The order whose line it is; None while that is not known."""
        return self.root.removeprefix(event_log.ORDER) if self.root.startswith(event_log.ORDER) else None

    @property
    def key(self) -> event_log.Root:
        """Its shop and name."""
        return self.shop_id, self.root


def settle_lines(session: Session, lines: Sequence[Line]) -> dict[str, Told]:
    """Bring everything that rests on the lines up to date; what each fresh event caused, by its key."""
    if not lines:
        return {}
    judge, now = lines[0].parts.live.current, lines[0].now
    for line in lines:
        if line.joined:
            _take_over(session, line)
    rows = event_log.events_on(session, [line.key for line in lines])
    events = {
        line.key: {row.id: as_happened(judge.kinds[row.kind], row) for row in rows[line.key] if row.kind in judge.kinds}
        for line in lines
    }
    states = {line.key: add_up(events[line.key].values(), judge.kinds, order_id=line.order_id) for line in lines}
    subjects.write(session, [(line.shop_id, line.order_id or "", states[line.key]) for line in lines], now=now)
    there = deadlines.of_roots(session, [line.key for line in lines])
    told: dict[str, Told] = {}
    for line in lines:
        wanted = wanted_deadlines(judge, line.shop_id, states[line.key])
        dues, changed = deadlines.reconcile(session, *line.key, there[line.key], wanted, now=now)
        told |= _judge(session, judge, line, events[line.key], dues, is_whole=changed or bool(line.joined))
    session.flush()
    return told


def wanted_deadlines(judge: Judge, shop_id: str, states: dict[tuple[str, str], State]) -> list[deadlines.Wanted]:
    """The deadlines that the kinds declare for the present state of a line."""

    def policy_for(order: State) -> Policy:
        return judge.engine.policy(scope_of(shop_id, order))

    return [
        deadlines.Wanted(each.kind, each.due.name, each.subject_type, each.subject, each.due.at, each.due.outcome)
        for each in planned(judge.kinds, states, policy_for)
    ]


def _judge(
    session: Session, judge: Judge, line: Line, events: dict[str, Happened], dues: Sequence[Deadline], *, is_whole: bool
) -> dict[str, Told]:
    parts = line.parts
    lapsed = {row.id: as_passed(judge.kinds[row.kind], row) for row in dues if row.state == deadlines.PASSED}
    fresh = [events[pk] for pk in line.fresh if pk in events] + [lapsed[pk] for pk in line.due if pk in lapsed]
    others = [each for pk, each in (events | lapsed).items() if pk not in line.fresh | line.due]
    is_whole = is_whole or is_late(fresh, others)
    judged = judge_line(
        judge,
        [*events.values(), *lapsed.values()],
        order_id=line.order_id,
        chosen=None if is_whole else fresh,
        tripped=parts.live.tripped,
        sample=parts.settings.sample_bp > parts.chance.randrange(10_000),
        past=lambda kind, event, facts: asked_facts(session, judge, kind, event, facts),
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


def as_happened(kind: EventKind, row: Event) -> Happened:
    """A kept event as it stands on its time line."""
    facts = from_json(kind, row.facts)
    return Happened(row.kind, row.event_id, row.source, row.shop_id, row.subject, row.happened_at, facts)


def as_passed(kind: EventKind, row: Deadline) -> Happened:
    """A deadline that has passed as it stands on its time line."""
    return passed(kind, name=row.name, subject=row.subject, shop_id=row.shop_id, due_at=row.due_at)


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
