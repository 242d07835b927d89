"""Judging a time line: each chosen event by the facts as they were when it happened. Pure, so it can be replayed.

events, sorted by when they happened ─ state after each ─ facts ─ Engine.evaluate ─ firings

What happened later never changes what is said of an earlier event; what is told late but happened before does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from app.events.timeline import States, facts_at, walk
from app.flows.judge_content import Judge
from app.flows.worked_out import worked_out
from app.rules.engine import Evaluation
from app.values.deciding import Firing, Verdict, hardest
from app.values.facts import EventKind, Happened
from app.values.rule_scope import RuleScope

Past: TypeAlias = Callable[[EventKind, Happened, Mapping[str, Any]], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class JudgedEvent:
    """What the rules said at one event, and the facts they saw; nothing where it ``is_void``: another telling holds."""

    event: Happened
    kind: EventKind
    facts: Mapping[str, Any]
    order_id: str | None
    firings: tuple[Firing, ...] = ()
    doubts: tuple[str, ...] = ()
    is_void: bool = False

    @property
    def decision(self) -> Verdict:
        """The hardest live verdict; any doubt is at least a review."""
        voices = [firing.decision for firing in self.firings if not firing.shadow]
        return hardest([*voices, *([Verdict.REVIEW] if self.doubts else [])])

    @property
    def occasion(self) -> str:
        """What makes a second effect of the same rule another one: the kind and the facts it names."""
        said = [str(self.facts.get(name) or "") for name in self.kind.occasion]
        return ":".join([self.kind.name, *said])[:200]


def judge_line(
    judge: Judge,
    events: Iterable[Happened],
    *,
    order_id: str | None,
    chosen: Collection[Happened] | None = None,
    tripped: Collection[str] = (),
    sample: bool = False,
    past: Past | None = None,
    start: States | None = None,
) -> list[JudgedEvent]:
    """What the rules say at the chosen events; at all of them where none are chosen.

    ``start`` is what the events before these add up to.

    ``past`` gives the figures about the past that a kind declares.
    """
    wanted = None if chosen is None else {(each.source, each.id) for each in chosen}
    judged: list[JudgedEvent] = []
    for event, picture in walk(events, judge.kinds, order_id=order_id, start=start):
        kind = judge.kinds[event.kind]
        if wanted is not None and (event.source, event.id) not in wanted:
            continue
        facts = facts_at(kind, event, picture)
        facts |= worked_out(judge, kind, facts, shop_id=event.shop_id, at=event.at)
        if past is not None:
            facts |= past(kind, event, facts)
        if picture.is_void:  # it did not happen as it says: nothing follows from it
            judged.append(JudgedEvent(event, kind, facts, order_id, is_void=True))
            continue
        said = _evaluate(judge, kind, event, facts, tripped=tripped, sample=sample)
        judged.append(JudgedEvent(event, kind, facts, order_id, said.firings, said.doubts))
    return judged


def _evaluate(
    judge: Judge,
    kind: EventKind,
    event: Happened,
    facts: Mapping[str, Any],
    *,
    tripped: Collection[str],
    sample: bool,
) -> Evaluation:
    return judge.engine.evaluate(
        kind.name,
        facts,
        now=event.at,
        sample=sample,
        scope=scope_of(event.shop_id, facts),
        sign_offs=judge.sign_offs,
        subject=f"{event.shop_id}/{event.subject}",
        tripped=tripped,
    )


def scope_of(shop_id: str, facts: Mapping[str, Any]) -> RuleScope:
    """What an event says about the values of parameters."""

    def said(name: str) -> str | None:
        value = facts.get(name) or facts.get(f"order.{name}")
        return str(value) if value is not None else None

    return RuleScope(shop_id, said("merchant_type"), said("supplier_tier"), said("category"))
