"""What if: judge a content or an event's facts by any stored rules and words, explain every rule, store nothing.

content ─ judge_content, as for a real upload ─┐
facts ─── checked ─ Engine.evaluate ───────────┴─ decision, firings ─ why and why not
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.advising import fixes_of
from app.aggregates.aggregate import past_facts
from app.deciding import decide
from app.errors import InvalidInput, NotFound, Problem
from app.events.given import given_facts
from app.events.timeline import with_key
from app.flows.explain_facts import why
from app.flows.judge_content import Judge, check_content, judge_content, scope_of
from app.flows.judge_line import scope_of as scope_of_event
from app.flows.parts import Parts
from app.flows.stored_judge import stored_judge
from app.flows.worked_out import worked_out
from app.models import Snapshot
from app.values.answer import decision_answer
from app.values.change import Language
from app.values.content import ContentToScreen
from app.values.deciding import hardest
from app.values.evidence import FACT
from app.values.facts import EventKind, Happened
from app.values.rule_scope import EVERYWHERE, RuleScope


def judge_for(parts: Parts, snapshot: Mapping[str, str | None]) -> Judge:
    """The judge of the snapshots that are named, for the rest of those in force.

    Raises InvalidInput for one that is not stored, BadDefinition for one that cannot be read any more.
    """
    live = parts.live.current
    for kind, wanted in snapshot.items():
        with parts.db.read() as session:
            found = None if wanted is None else session.get(Snapshot, wanted)
        if wanted is not None and (found is None or found.kind != kind):
            raise InvalidInput(
                "unknown snapshot",
                problems=[Problem(f"snapshot.{kind}", f"no {kind} snapshot {wanted}", "an id of GET /v1/snapshots")],
            )
    try:
        return stored_judge(
            parts, snapshot.get("rules") or live.rules_id, snapshot.get("wordlists") or live.wordlists_id
        )
    except NotFound as error:  # a judge made without storing, as tests and the command line do
        raise InvalidInput(error.detail) from error


def what_if_content(
    judge: Judge,
    content: ContentToScreen,
    *,
    now: datetime,
    doubts: tuple[str, ...] = (),
    only: Sequence[str] = (),
    language: Language = "zh",
) -> dict[str, Any]:
    """What a content would be answered, with hits, firings and every rule explained in ``language``.

    Raises InvalidInput for an unknown kind, unknown facts, or an id in ``only`` that is no rule's.
    """
    check_content(judge, content, is_stored=FACT in content.facts)
    kind = judge.event_kind(content.kind)
    assert kind is not None, "check_content lets only known kinds through"
    judged = judge_content(judge, content, now=now, doubts=doubts)
    explained = why(judge, kind, judged.facts, now=now, scope=scope_of(content), language=language).answer(only)
    return _answer(judge, kind.name, now, decision_answer(judged.decision), explained)


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose event it would be: then the service works out the figures about the past that were not given."""

    session: Session
    shop_id: str
    subject: str | None = None


def what_if_facts(
    judge: Judge,
    kind_name: str,
    given: Mapping[str, object],
    *,
    now: datetime,
    only: Sequence[str] = (),
    asked: Asked | None = None,
    language: Language = "zh",
) -> dict[str, Any]:
    """What the rules would say about an event with these facts; the decision is theirs alone.

    Raises InvalidInput for an unknown kind, facts that do not fit, or an id in ``only`` that is no rule's.
    """
    kind = judge.kinds.get(kind_name)
    if kind is None:
        problem = Problem("kind", f"unknown: {kind_name!r:.80}", ", ".join(judge.kinds))
        raise InvalidInput("unknown event kind", problems=[problem])
    facts, problems = given_facts(kind, given)
    if problems:
        at = [Problem(f"facts.{problem.field}", problem.problem, problem.expected) for problem in problems]
        raise InvalidInput("the facts do not fit the declaration", problems=at)
    scope, figures = EVERYWHERE, {}
    if asked is not None:
        scope = scope_of_event(asked.shop_id, facts)
        figures = _figures(judge, kind, facts, asked, scope, now=now)
        facts = {**facts, **figures}
    elif kind.fact(FACT) is not None and FACT not in facts:
        facts = {**facts, FACT: []}  # nobody's shop: nothing is registered for it
    seen = worked_out(judge, kind, facts, shop_id=asked.shop_id if asked else "", at=now)
    facts = {**seen, **facts}
    evaluation = judge.engine.evaluate(kind.name, facts, now=now, scope=scope)
    decision = decide(hits=(), personal_data=(), firings=evaluation.firings, doubts=evaluation.doubts)
    told = decision_answer(replace(decision, fixes=fixes_of(decision)))
    if not kind.content_kinds:  # an event's answer keeps the whole ladder, a content's has four steps
        live = [firing.decision for firing in evaluation.firings if not firing.shadow]
        told["decision"] = hardest([*live, decision.decision]).value
    explained = why(judge, kind, facts, now=now, scope=scope, language=language).answer(only)
    return _answer(judge, kind.name, now, told, explained) | ({"figures": figures} if asked is not None else {})


def _figures(
    judge: Judge, kind: EventKind, facts: Mapping[str, object], asked: Asked, scope: RuleScope, *, now: datetime
) -> dict[str, Any]:
    """The figures about the past that nobody gave, as they would be worked out for such an event at that instant."""
    subject = asked.subject or str(facts.get(kind.key or "") or "?")
    happened = Happened(kind.name, "?", "?", asked.shop_id, subject, now, with_key(kind, facts, subject))
    worked_out = past_facts(asked.session, kind, happened, happened.facts, judge.engine.policy(scope))
    return {name: value for name, value in worked_out.items() if name not in facts}


def _answer(
    judge: Judge, kind: str, now: datetime, told: Mapping[str, Any], explained: Mapping[str, Any]
) -> dict[str, Any]:
    snapshot = {"rules": judge.rules_id, "wordlists": judge.wordlists_id}
    return {"kind": kind, "now": now, **told, **explained, "snapshot": snapshot}
