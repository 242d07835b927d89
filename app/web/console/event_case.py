"""What the page of a case about an event shows: why, what the rules saw, and how the subject came to it.

Facts stand in words and as people read them: yuan, percent, China's time. References to people are left out; the name
a pack gives a fact stands beside its word, so that an author finds it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import deadlines, event_log
from app import effects as register
from app.events.kind import load_kinds
from app.flows.claim_news import WAITING
from app.flows.explain_events import ExplainedEvent, explain_events
from app.flows.parts import Parts
from app.models import Case, Claim, Deadline, Effect, Event, EventDecision, EventRoot, LineMark
from app.money.amounts import yuan
from app.values.access import Caller
from app.values.claiming import Doubt
from app.values.facts import EventKind
from app.web.console import titles
from app.web.console.contested_things import Contested, open_contested
from app.web.console.explained import Explained, explained_rules
from app.web.console.fact_words import due_word, fact_word, kind_word, value_word
from app.web.console.language import is_chinese, told_in
from app.web.console.parameter_words import parameter_value, parameter_word

SHOWN = 40
_LONG = 2_000
_PEOPLE = ("_ref", "_refs", "_by")


@dataclass(frozen=True, slots=True)
class Pair:
    """One fact: what people call it, what packs call it, and its value in words."""

    word: str
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Judged:
    """What was decided about one event."""

    what: str
    at: datetime
    firings: Sequence[tuple[Mapping[str, Any], Sequence[Pair], Sequence[str]]]
    doubts: Sequence[str]
    why: Explained | None


@dataclass(frozen=True, slots=True)
class Step:
    """One event of the subject's time line."""

    what: str
    at: datetime
    pairs: Sequence[Pair]


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims that wait on a case: how many, worth how much, the newest of them."""

    count: int
    total: str
    newest: Sequence[Claim]
    wait_for_signature: bool


@dataclass(frozen=True, slots=True)
class EventCase:
    """All of it. ``steps`` are the newest first; ``is_long`` where there are too many to be read for a page."""

    judged: Sequence[Judged]
    steps: Sequence[Step]
    has_more: bool
    is_long: bool
    dues: Sequence[tuple[str, Deadline]]
    effects: Sequence[Effect]
    claims: Claims | None
    contested: Sequence[Contested]


def open_event_case(parts: Parts, session: Session, case: Case, *, caller: Caller) -> EventCase:
    """The page's own part of a case."""
    decisions = event_log.decisions_about(session, case.shop_id, case.subject or "")
    known = {each.id: each.title for each in titles.in_force(parts, session).values()} if is_chinese() else None
    explained = {each.decision.id: each for each in explain_events(parts, decisions, language=told_in())}
    root = _root(case, decisions)
    steps, is_long = _steps(session, case.shop_id, root)
    key = (case.shop_id, root)
    dues = sorted(deadlines.of_roots(session, [key])[key], key=lambda row: (row.due_at, row.kind, row.name))
    return EventCase(
        judged=[_judged(row, explained.get(row.id), known) for row in reversed(decisions) if row.firings],
        steps=steps[:SHOWN],
        has_more=len(steps) > SHOWN,
        is_long=is_long,
        dues=[(due_word(load_kinds().get(row.kind), row.kind, row.name), row) for row in dues],
        effects=sorted(register.of_root(session, *key).values(), key=lambda row: row.opened_at),
        claims=_claims(session, case),
        contested=open_contested(session, case, root, caller=caller, four_eyes_fen=parts.settings.four_eyes_fen),
    )


def root_of(session: Session, case: Case) -> str:
    """The root of the line that a case about events stands on."""
    return _root(case, event_log.decisions_about(session, case.shop_id, case.subject or ""))


def _root(case: Case, decisions: Sequence[EventDecision]) -> str:
    return decisions[-1].root if decisions else f"{case.subject_type}:{case.subject}"


def pairs_of(kind: EventKind | None, values: Mapping[str, Any], *, pack: str | None = None) -> list[Pair]:
    """Facts, and parameters of the pack, as they stand on a page; without references to people."""
    return [_pair(kind, name, value, pack) for name, value in values.items() if not name.endswith(_PEOPLE)]


def _pair(kind: EventKind | None, name: str, value: Any, pack: str | None) -> Pair:
    is_fact = kind is not None and kind.fact(name) is not None
    told = None if is_fact else parameter_value(pack, name, value)
    if told is None:
        return Pair(fact_word(kind, name), name, value_word(kind, name, value))
    return Pair(parameter_word(pack, name), name, told)


def missing_words(kind: EventKind | None, names: Iterable[str]) -> list[str]:
    """Facts that nobody told, as people call them."""
    return [fact_word(kind, each) for each in names]


def _judged(row: EventDecision, explained: ExplainedEvent | None, known: Mapping[str, str] | None) -> Judged:
    kind = load_kinds().get(row.kind)
    firings = [
        (
            firing,
            pairs_of(kind, firing.get("bindings", {}), pack=firing.get("pack")),
            missing_words(kind, firing.get("missing", ())),
        )
        for firing in row.firings
        if "rule" in firing
    ]
    found = None
    if explained is not None and explained.why is not None:
        found = explained_rules(explained.why, known, differs=() if explained.is_same else ("firings",))
    doubts = [firing["doubt"] for firing in row.firings if "doubt" in firing]
    return Judged(kind_word(kind, row.kind), row.happened_at, firings, doubts, found)


def _claims(session: Session, case: Case) -> Claims | None:
    waiting = (Claim.case_id == case.id) & Claim.needs_person & Claim.state.in_([each.value for each in WAITING])
    count, total = session.execute(select(func.count(), func.sum(Claim.amount_fen)).where(waiting)).one()
    if not count:
        return None
    newest = session.scalars(select(Claim).where(waiting).order_by(Claim.opened_at.desc()).limit(SHOWN)).all()
    return Claims(count, yuan(int(total)), newest, any(Doubt.UNSIGNED in row.waits_for for row in newest))


def _steps(session: Session, shop_id: str, root: str) -> tuple[list[Step], bool]:
    mark = session.get(LineMark, (shop_id, root))
    if mark is not None and mark.event_count > _LONG:
        return [], True
    on_line = select(Event).join(EventRoot, EventRoot.event_pk == Event.id)
    on_line = on_line.where(EventRoot.shop_id == shop_id, EventRoot.root == root)
    newest = on_line.order_by(Event.happened_at.desc(), Event.id.desc()).limit(SHOWN + 1)
    kinds = load_kinds()
    steps = []
    for row in session.scalars(newest):
        kind = kinds.get(row.kind)
        told = {name: value for name, value in row.facts.items() if kind is None or name not in (kind.key, kind.at)}
        steps.append(Step(kind_word(kind, row.kind), row.happened_at, pairs_of(kind, told)))
    return steps, False
