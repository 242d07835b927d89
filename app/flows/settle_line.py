"""Settling one time line after events joined it: the typed tables, what the rules say, and what follows from it.

events of the line ─ added up → typed tables ─ judged: the new ones, or all when one came late ─ decisions ─ effects
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

import orjson
from sqlalchemy import update
from sqlalchemy.orm import Session

from app import effects as register
from app import event_log, subjects
from app.events.stored import as_json, from_json
from app.events.timeline import add_up
from app.flows.carry_effects import Ask, carry_effects, wanted_effects
from app.flows.judge_line import JudgedEvent, judge_line
from app.flows.parts import Parts
from app.flows.told_events import Told, current_decisions, told_of
from app.models import Event, EventDecision, new_id
from app.values.answer import firing_answer
from app.values.facts import EventKind, Happened


@dataclass(slots=True)
class Line:
    """A time line that events joined: ``fresh`` are their keys, ``joined`` the names whose line is this one now."""

    parts: Parts
    shop_id: str
    root: str
    now: datetime
    fresh: set[str] = field(default_factory=set)
    joined: set[str] = field(default_factory=set)

    @property
    def order_id(self) -> str | None:
        """The order whose line it is; None while that is not known."""
        return self.root.removeprefix(event_log.ORDER) if self.root.startswith(event_log.ORDER) else None


def settle_line(session: Session, line: Line) -> dict[str, Told]:
    """Bring everything that rests on the line up to date; what each fresh event caused, by its key."""
    parts, judge = line.parts, line.parts.live.current
    if line.joined:
        _take_over(session, line)
    rows = event_log.events_on(session, [(line.shop_id, line.root)])[line.shop_id, line.root]
    events = {row.id: as_happened(judge.kinds[row.kind], row) for row in rows if row.kind in judge.kinds}
    states = add_up(list(events.values()), judge.kinds, order_id=line.order_id)
    subjects.write(session, line.shop_id, line.order_id or "", states, now=line.now)
    fresh = [events[pk] for pk in line.fresh if pk in events]
    is_whole = bool(line.joined) or is_late(fresh, [event for pk, event in events.items() if pk not in line.fresh])
    judged, _ = judge_line(
        judge,
        events.values(),
        order_id=line.order_id,
        chosen=None if is_whole else fresh,
        tripped=parts.live.tripped,
        sample=parts.settings.sample_bp > parts.chance.randrange(10_000),
    )
    for each in judged:
        parts.counts.note(judge.engine.rules_on(each.event.kind), each.firings, now=line.now)
    asks = _decide(session, line, judged, is_whole=is_whole)
    carry_effects(session, parts, asks, shop_id=line.shop_id, root=line.root, is_whole=is_whole, now=line.now)
    said = {(each.event.source, each.event.id): each for each in judged}
    there = register.of_root(session, line.shop_id, line.root).values()
    by_event = {pk: said[events[pk].source, events[pk].id] for pk in line.fresh if pk in events}
    return {pk: told_of(each, there) for pk, each in by_event.items()}


def as_happened(kind: EventKind, row: Event) -> Happened:
    """A kept event as it stands on its time line."""
    facts = from_json(kind, row.facts)
    return Happened(row.kind, row.event_id, row.source, row.shop_id, row.subject, row.happened_at, facts)


def is_late(fresh: Iterable[Happened], others: Iterable[Happened]) -> bool:
    """Whether something that was judged before stands after one of the new events."""
    earliest = min((each.place for each in fresh), default=None)
    return earliest is not None and any(each.place > earliest for each in others)


def _take_over(session: Session, line: Line) -> None:
    """What was worked out while the order was not known goes to the order's line."""
    subjects.drop_waiting(session, line.shop_id, line.joined)
    register.move(session, line.shop_id, line.joined, line.root)
    moved = (EventDecision.shop_id == line.shop_id) & EventDecision.root.in_(list(line.joined))
    session.execute(update(EventDecision).where(moved).values(root=line.root))


def _decide(session: Session, line: Line, judged: Iterable[JudgedEvent], *, is_whole: bool) -> list[Ask]:
    """Store what was said where it is something, or not what was said before; the effects it asks for."""
    before = current_decisions(session, line.shop_id, line.root) if is_whole else {}
    asks: list[Ask] = []
    for each in judged:
        earlier = before.get((each.event.source, each.event.id))
        row = _row(line, each)
        if earlier is not None and earlier.digest == row.digest:
            row = earlier
        elif each.firings or each.doubts or earlier is not None:
            if earlier is not None:
                earlier.is_current = False
            session.add(row)
        asks += [
            replace(ask, decision_id=row.id) for ask in wanted_effects(line.parts, each, root=line.root, now=line.now)
        ]
    session.flush()
    return asks


def _row(line: Line, each: JudgedEvent) -> EventDecision:
    firings = [firing_answer(firing) for firing in each.firings] + [{"doubt": doubt} for doubt in each.doubts]
    said = orjson.dumps([each.decision.value, firings], option=orjson.OPT_SORT_KEYS)
    return EventDecision(
        id=new_id(),
        shop_id=line.shop_id,
        root=line.root,
        kind=each.event.kind,
        subject=each.event.subject,
        source=each.event.source,
        event_id=each.event.id,
        happened_at=each.event.at,
        decided_at=line.now,
        decision=each.decision.value,
        firings=orjson.loads(orjson.dumps(firings)),
        facts=as_json(each.facts) if firings else {},
        digest="sha256:" + hashlib.sha256(said).hexdigest(),
        rules_snapshot=line.parts.live.current.rules_id,
    )
