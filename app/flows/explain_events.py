"""Explaining what was decided about a subject's events: each by the facts it saw, the rules of then and its instant.

decisions about the subject ─ facts as they were kept ─ the judge of their rules ─ every rule explained
                                                                            └ the same rules as were stored?
Facts are kept only where a rule fired or could not be known, so nothing else can be explained. Stores nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from app.errors import AppError
from app.events.stored import from_json
from app.flows.explain_facts import Why, why
from app.flows.judge_line import scope_of
from app.flows.parts import Parts
from app.flows.stored_judge import stored_judge
from app.metrics import REPLAYS_DIFFERENT
from app.models import EventDecision
from app.rules.explain import Outcome
from app.values.change import Language
from app.values.facts import EventKind

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ExplainedEvent:
    """A decision about one event. ``why`` is None where what judged it cannot be read any more."""

    decision: EventDecision
    kind: EventKind | None
    why: Why | None
    is_same: bool = True


def explain_events(
    parts: Parts, decisions: Sequence[EventDecision], *, language: Language = "zh"
) -> list[ExplainedEvent]:
    """Each decision that a rule had a say in, explained; in the order given."""
    heard = [each for each in decisions if any("rule" in firing for firing in each.firings)]
    return [explain_event(parts, each, language=language) for each in heard]


def explain_event(parts: Parts, decision: EventDecision, *, language: Language = "zh") -> ExplainedEvent:
    """One decision with its facts."""
    kind = None
    try:
        judge = stored_judge(parts, decision.rules_snapshot, parts.live.current.wordlists_id)
        kind = judge.kinds.get(decision.kind)
        if kind is None:
            return ExplainedEvent(decision, None, None)
        facts = from_json(kind, decision.facts)
        scope = scope_of(decision.shop_id, facts)
        found = why(judge, kind, facts, now=decision.happened_at, scope=scope, language=language)
    except AppError as error:
        _log.warning("not_explained", decision=decision.id, code=error.code, why=error.detail)
        return ExplainedEvent(decision, kind, None)
    stored = {firing["rule"] for firing in decision.firings if "rule" in firing}
    again = {each.rule.id for each in found.rules if each.outcome in (Outcome.FIRED, Outcome.UNKNOWN)}
    if stored != again:
        REPLAYS_DIFFERENT.inc()
    return ExplainedEvent(decision, kind, found, stored == again)
