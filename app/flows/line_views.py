"""What has to be seen of a time line to settle it: all of its events, or, of a long one, only what is new.

line ─ marked, and everything new stands after the mark? → the typed rows, and the new events on top of them
     └ else → all of its events
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from app import deadlines, event_log, subjects
from app.events.dues import passed
from app.events.stored import from_json
from app.events.timeline import add_up
from app.flows import line_marks
from app.flows.judge_content import Judge
from app.flows.line_marks import View
from app.flows.parts import Parts
from app.models import Deadline, Event, LineMark
from app.values.facts import EventKind, Happened


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


def whole_views(session: Session, judge: Judge, lines: Sequence[Line]) -> dict[event_log.Root, View]:
    """All events of each line, added up from the first."""
    rows = event_log.told_on(session, [line.key for line in lines])
    found: dict[event_log.Root, View] = {}
    for line in lines:
        events = {row.id: as_happened(judge.kinds[row.kind], row) for row in rows[line.key] if row.kind in judge.kinds}
        states = add_up(events.values(), judge.kinds, order_id=line.order_id)
        last = max((each.place for each in events.values()), default=None)
        found[line.key] = View(events, states, len(events), last=last)
    return found


def near_views(
    session: Session, judge: Judge, lines: Sequence[tuple[Line, Sequence[Deadline]]]
) -> dict[event_log.Root, View]:
    """Of each marked line whose news all come after everything known: the news, on top of the rows as they stand."""
    joined = [line.key for line, _ in lines if line.joined]
    line_marks.forget(session, joined)
    marks = line_marks.of_lines(session, [line.key for line, _ in lines if not line.joined])
    marked = [(line, dues, marks[line.key]) for line, dues in lines if line.key in marks]
    fresh = event_log.events_of(session, [pk for line, _, _ in marked for pk in line.fresh]) if marked else {}
    found: dict[event_log.Root, View] = {}
    for line, dues, mark in marked:
        events = {
            pk: as_happened(judge.kinds[fresh[pk].kind], fresh[pk])
            for pk in line.fresh
            if fresh[pk].kind in judge.kinds
        }
        if _comes_after(judge, line, dues, mark, events.values()):
            view = _on_top(session, judge, line, mark, events)
            found |= {line.key: view} if view is not None else {}
    return found


def as_passed(kind: EventKind, row: Deadline) -> Happened:
    """A deadline that has passed as it stands on its time line."""
    return passed(kind, name=row.name, subject=row.subject, shop_id=row.shop_id, due_at=row.due_at)


def as_happened(kind: EventKind, row: Event | event_log.ToldEvent) -> Happened:
    """A kept event as it stands on its time line."""
    facts = from_json(kind, row.facts)
    return Happened(row.kind, row.event_id, row.source, row.shop_id, row.subject, row.happened_at, facts, told=row.id)


def _comes_after(
    judge: Judge, line: Line, dues: Sequence[Deadline], mark: LineMark, events: Iterable[Happened]
) -> bool:
    """Whether all that is new stands after the mark and after every deadline that was judged before."""
    lapsed = [row for row in dues if row.state == deadlines.PASSED]
    places = [each.place for each in events]
    places += [as_passed(judge.kinds[row.kind], row).place for row in lapsed if row.id in line.due]
    before = [(mark.last_at, mark.last_source, mark.last_id)]
    before += [as_passed(judge.kinds[row.kind], row).place for row in lapsed if row.id not in line.due]
    return bool(places) and min(places) > max(before)


def _on_top(session: Session, judge: Judge, line: Line, mark: LineMark, events: dict[str, Happened]) -> View | None:
    places = [(table, subject) for table, subject in mark.rows]
    start = subjects.read_states(session, line.shop_id, line.order_id or "", places)
    if start is None:  # somebody removed a row: only the events can make it again
        return None
    states = add_up(events.values(), judge.kinds, order_id=line.order_id, start=start)
    last = max([each.place for each in events.values()] + [(mark.last_at, mark.last_source, mark.last_id)])
    return View(events, states, mark.event_count + len(events), start, last)
