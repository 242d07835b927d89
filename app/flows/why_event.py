"""Why the rules said what they said of an event, also where they said nothing: for whoever sent it.

event ─ decisions kept ─ each by the facts it saw and the rules of then (explain_events)
      └ none ─ its line, added up ─ the facts as of its instant ─ the rules in force ─ every rule explained
Facts are kept only where a rule spoke, so the second way works them out again; figures about the past, too. Stores
nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import deadlines, event_log
from app.errors import Conflict, NotFound
from app.event_log import Root
from app.flows.asked_facts import asked_facts
from app.flows.explain_events import explain_event
from app.flows.explain_facts import Why, why
from app.flows.judge_content import Judge
from app.flows.judge_line import judge_line, scope_of
from app.flows.line_views import as_happened, as_passed
from app.flows.parts import Parts
from app.flows.watch_feeds import own_source
from app.models import Deadline, Event, EventDecision
from app.models.base import ORG
from app.rules.explain import Outcome
from app.values.change import Language
from app.values.deciding import Verdict
from app.values.facts import Happened

LONG = 2_000
"""Events of a line beyond which one of them is not worked out again for a question."""
_SAID = (Outcome.FIRED, Outcome.UNKNOWN)


@dataclass(frozen=True, slots=True)
class EventWhy:
    """One event explained. ``decided`` is what is kept of it; ``why`` is None where its rules cannot be read any more.

    ``is_same`` says whether the rules that speak now are those that were kept as speaking. Of an event that
    ``is_void``, because a person said that another telling counts, rules are told as they would speak; none does.
    """

    kind: str
    subject: str
    source: str
    event_id: str
    at: datetime
    decision: str
    decided: EventDecision | None
    facts: Literal["kept", "worked_out"]
    rules_id: str
    why: Why | None
    is_same: bool
    is_void: bool = False


def why_event(
    parts: Parts, *, shop_id: str, event_id: str, source: str | None = None, language: Language = "zh"
) -> list[EventWhy]:
    """One event of a shop on each line it was decided on; ``source`` is the shop's own where none is given.

    Raises:
        NotFound: no decision about it is kept and the source told no such event.
        Conflict: its line is too long to be worked out again.
    """
    with parts.db.read() as session:
        about = (EventDecision.shop_id == shop_id) & (EventDecision.event_id == event_id) & EventDecision.is_current
        if source is not None:
            about &= EventDecision.source == source
        kept = list(session.scalars(select(EventDecision).where(about).order_by(EventDecision.id)))
    told = [_kept(parts, row, language) for row in kept if row.firings]
    if told:
        return told
    with parts.db.read() as session:
        return [_worked_out(parts, session, (shop_id, event_id, source or own_source(shop_id)), language)]


def why_subject(parts: Parts, *, shop_id: str, subject: str, language: Language = "zh") -> list[EventWhy]:
    """Every decision kept about a subject's events and deadlines, the newest first and at most 50."""
    with parts.db.read() as session:
        kept = event_log.decisions_about(session, shop_id, subject)
    return [_kept(parts, row, language) for row in reversed(kept) if row.firings]


def _kept(parts: Parts, row: EventDecision, language: Language) -> EventWhy:
    found = explain_event(parts, row, language=language)
    return EventWhy(
        kind=row.kind,
        subject=row.subject,
        source=row.source,
        event_id=row.event_id,
        at=row.happened_at,
        decision=row.decision,
        decided=row,
        facts="kept",
        rules_id=row.rules_snapshot,
        why=found.why,
        is_same=found.is_same,
    )


def _worked_out(parts: Parts, session: Session, asked: tuple[str, str, str], language: Language) -> EventWhy:
    """``asked`` is the shop, the event's id and the source that told it."""
    judge = parts.live.current
    shop_id = asked[0]
    event, root = _find(session, judge, *asked)
    kind = judge.kinds[event.kind]
    [judged] = judge_line(
        judge,
        _line(session, judge, root),
        order_id=root[1].removeprefix(event_log.ORDER) if root[1].startswith(event_log.ORDER) else None,
        chosen=[event],
        past=lambda kind, event, facts: asked_facts(session, judge, kind, event, facts),
    )
    found = why(judge, kind, judged.facts, now=event.at, scope=scope_of(shop_id, judged.facts), language=language)
    return EventWhy(
        kind=event.kind,
        subject=event.subject,
        source=event.source,
        event_id=event.id,
        at=event.at,
        decision=Verdict.PASS.value,
        decided=None,
        facts="worked_out",
        rules_id=judge.rules_id,
        why=found,
        is_same=judged.is_void or not any(each.outcome in _SAID for each in found.rules),
        is_void=judged.is_void,
    )


def _find(session: Session, judge: Judge, shop_id: str, event_id: str, source: str) -> tuple[Happened, Root]:
    """The event and the line it is judged on: an order's, if it stands on one."""
    mine = (Event.org_id == ORG) & (Event.source == source) & (Event.event_id == event_id)
    row = session.scalars(select(Event).where(mine, Event.shop_id == shop_id)).first()
    if row is not None and row.kind in judge.kinds:
        roots = sorted(event_log.placed_of(session, [row.id]), key=lambda root: not root[1].startswith(event_log.ORDER))
        if roots:
            return as_happened(judge.kinds[row.kind], row), roots[0]
    due = _due(session, judge, shop_id, event_id)
    if due is None:
        raise NotFound(f"{source} told no event {event_id}, or it is not kept any more")
    return as_passed(judge.kinds[due.kind], due), (shop_id, due.root)


def _due(session: Session, judge: Judge, shop_id: str, event_id: str) -> Deadline | None:
    """The deadline that passed under that id, which is its kind, name and subject; looked for on its lines alone."""
    kind, _, rest = event_id.partition(":")
    name, _, subject = rest.partition(":")
    if kind not in judge.kinds:
        return None
    own = f"{judge.kinds[kind].subject}:{subject}"
    roots = {
        own,
        f"{event_log.ORDER}{subject}",
        *event_log.orders_of(session, [(shop_id, own)]).get((shop_id, own), ()),
    }
    on = (Deadline.shop_id == shop_id) & Deadline.root.in_(roots) & (Deadline.kind == kind) & (Deadline.name == name)
    passed = on & (Deadline.subject == subject) & (Deadline.state == deadlines.PASSED)
    return session.scalars(select(Deadline).where(passed).order_by(Deadline.root).limit(1)).first()


def _line(session: Session, judge: Judge, root: Root) -> Sequence[Happened]:
    """Everything that happened on a line, its passed deadlines too."""
    if len(event_log.placed(session, [root])[root]) > LONG:
        raise Conflict(f"more than {LONG} events stand on its line, so its facts are not worked out again")
    rows = [row for row in event_log.told_on(session, [root])[root] if row.kind in judge.kinds]
    dues = [row for row in deadlines.of_roots(session, [root]).get(root, ()) if row.kind in judge.kinds]
    passed = [as_passed(judge.kinds[row.kind], row) for row in dues if row.state == deadlines.PASSED]
    return [*(as_happened(judge.kinds[row.kind], row) for row in rows), *passed]
