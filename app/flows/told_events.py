"""What an event caused, as it is told to whoever sent it, now or when it is sent again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import effects as register
from app.deadlines import WAITING
from app.errors import Problem
from app.flows.judge_line import JudgedEvent
from app.models import Deadline, Effect, EventDecision
from app.values.answer import firing_answer
from app.values.deciding import Verdict, hardest
from app.values.facts import Happened


@dataclass(frozen=True, slots=True)
class Told:
    """The answer for one event: ``accepted``, ``duplicate`` or ``invalid`` (then ``problems`` say why)."""

    id: str
    status: str
    decision: str = "pass"
    firings: tuple[Mapping[str, Any], ...] = ()
    doubts: tuple[str, ...] = ()
    effects: tuple[Mapping[str, Any], ...] = ()
    deadlines: tuple[Mapping[str, Any], ...] = ()
    problems: tuple[Problem, ...] = ()
    is_conflict: bool = False

    def with_more(self, other: Told) -> Told:
        """The same answer with what another event brought about, that this one made the service say."""
        decision = hardest([Verdict(self.decision), Verdict(other.decision)]).value
        return replace(
            self,
            decision=decision,
            firings=self.firings + other.firings,
            doubts=self.doubts + other.doubts,
            effects=self.effects + other.effects,
        )

    def answer(self) -> dict[str, Any]:
        """As plain JSON, in the contract's names."""
        if self.problems:
            errors = [{"field": p.field, "problem": p.problem, "expected": p.expected} for p in self.problems]
            return {"id": self.id, "status": self.status, "errors": errors}
        results = [each["result"] for each in self.effects if each["state"] == register.OPEN]
        return {
            "id": self.id,
            "status": self.status,
            "decision": self.decision,
            "firings": [dict(firing) for firing in self.firings],
            "doubts": list(self.doubts),
            "effects": [dict(effect) for effect in self.effects],
            "cases": sorted({str(each["case_id"]) for each in results if "case_id" in each}),
            "claims": sorted({str(each["claim_id"]) for each in results if "claim_id" in each}),
            "deadlines": [dict(each) for each in self.deadlines],
        }


def told_of(judged: JudgedEvent, rows: Iterable[Effect], dues: Iterable[Deadline]) -> Told:
    """What one event caused, just now."""
    firings = tuple(firing_answer(firing) for firing in judged.firings)
    rules = {firing.rule for firing in judged.firings} | ({"-"} if judged.doubts else set())
    mine = [row for row in rows if row.rule in rules and row.occasion == judged.occasion]
    effects = tuple(effect_answer(row) for row in mine if row.subject == judged.event.subject)
    waiting = sorted((row for row in dues if row.state == WAITING), key=lambda row: (row.due_at, row.kind, row.name))
    deadlines = tuple(deadline_answer(row) for row in waiting)
    return Told(judged.event.id, "accepted", judged.decision.value, firings, judged.doubts, effects, deadlines)


def told_before(session: Session, event: Happened) -> Told:
    """What an event that was taken before has caused, as it stands now."""
    mine = (EventDecision.source == event.source) & (EventDecision.event_id == event.id)
    wanted = select(EventDecision).where(EventDecision.shop_id == event.shop_id, mine, EventDecision.is_current)
    row = session.scalars(wanted.limit(1)).first()
    if row is None:
        return Told(event.id, "duplicate")
    effects = session.scalars(select(Effect).where(Effect.shop_id == event.shop_id, Effect.decision_id == row.id))
    return Told(
        event.id,
        "duplicate",
        row.decision,
        tuple(each for each in row.firings if "rule" in each),
        tuple(each["doubt"] for each in row.firings if "doubt" in each),
        tuple(effect_answer(each) for each in effects),
    )


def current_decisions(session: Session, shop_id: str, root: str) -> dict[tuple[str, str], EventDecision]:
    """What is said now at each event of a line, by source and event id."""
    wanted = select(EventDecision).where(EventDecision.shop_id == shop_id, EventDecision.root == root)
    return {(row.source, row.event_id): row for row in session.scalars(wanted.where(EventDecision.is_current))}


def deadline_answer(row: Deadline) -> dict[str, Any]:
    """A deadline as plain JSON."""
    names = ("kind", "name", "subject_type", "subject", "state", "due_at", "settled_at")
    return {name: getattr(row, name) for name in names}


def effect_answer(row: Effect) -> dict[str, Any]:
    """An effect as plain JSON."""
    names = ("verb", "rule", "subject_type", "subject", "occasion", "state", "data", "result")
    return {name: getattr(row, name) for name in names}
