"""Why a rule fired on the facts of one event, or why it did not: its condition part by part, with what each part saw.

Near misses are the rules that did not fire, ranked by how many parts would have to come out differently.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.rules.definition import Pack, Rule, Status
from app.rules.distance import distance, leaves
from app.rules.interpret import Sight, Truth
from app.rules.overrides import Overrides
from app.rules.parts import Part, first_failed, is_touched, met, missing_facts, reasons, take_apart
from app.rules.reading import microseconds
from app.rules.sentences import Speaker
from app.rules.sight import Clean, Shower, read_facts
from app.rules.tree import OverriddenRef, walk
from app.rules.written import written
from app.values.change import Language
from app.values.facts import EventKind
from app.values.rule_scope import EVERYWHERE, RuleScope

MOST_NEAR = 10
_MOST_REASONS = 4
_EVALUATED = (Status.LIVE, Status.SHADOW)


class Outcome(StrEnum):
    """What came of a rule."""

    FIRED = "fired"
    NOT_FIRED = "not_fired"
    UNKNOWN = "unknown"  # it could not be known, and a person is asked
    NOT_IN_FORCE = "not_in_force"  # a draft, retired, or before its day: ``holds`` says what it would have said


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one rule did what it did.

    ``holds`` is what its condition says; ``missing`` are the facts for want of which it cannot be known; ``first`` is
    the path of the first part that failed (or could not be known), None where the condition holds; ``failed`` of
    ``size`` parts would have to come out differently.
    """

    rule: Rule
    outcome: Outcome
    holds: Truth
    because: str
    missing: tuple[str, ...]
    first: str | None
    failed: int
    size: int
    condition: Part


def explain(
    packs: Sequence[Pack],
    kind: EventKind,
    facts: Mapping[str, object],
    *,
    now: datetime,
    clean: Clean,
    scope: RuleScope = EVERYWHERE,
    language: Language = "zh",
) -> tuple[Explanation, ...]:
    """Every rule on that kind of event, in the order of their ids.

    ``facts`` are flat, by dotted name; ``now`` has an offset; ``clean`` blanks personal data in a text that is shown;
    ``scope`` chooses among the values of parameters; the sentences are in ``language``.
    """
    pairs = [(rule, pack) for pack in packs for rule in pack.rules if kind.name in rule.by_kind]
    evaluated = [rule for rule, _ in pairs if rule.status in _EVALUATED]
    seen = read_facts(kind, evaluated or [rule for rule, _ in pairs], facts) | _overridden(kind, pairs, scope)
    sight = Sight(seen, microseconds(now))
    pairs.sort(key=lambda pair: pair[0].id)
    speakers = {pack.name: Speaker(Shower(kind, pack.parameters, clean, language)) for _, pack in pairs}
    return tuple(_explain(rule, kind, sight, speakers[pack.name]) for rule, pack in pairs)


def _overridden(kind: EventKind, pairs: Sequence[tuple[Rule, Pack]], scope: RuleScope) -> dict[str, object]:
    """The values of parameters that are others for this scope, by the key they stand under beside the facts."""
    roots = [rule.by_kind[kind.name].condition.root for rule, _ in pairs]
    refs = {node.key: node.overrides for root in roots for node in walk(root) if isinstance(node, OverriddenRef)}
    return {key: each.value for key, each in Overrides(refs).applied(scope).items()}


def near_misses(explanations: Iterable[Explanation], *, limit: int = MOST_NEAR) -> tuple[Explanation, ...]:
    """The rules that did not fire, nearest first: fewest parts failed, then most parts met by what was given.

    Rules that ask only for what was not given at all come last, however short they are.
    """
    quiet = [each for each in explanations if each.outcome is Outcome.NOT_FIRED]
    return tuple(sorted(quiet, key=_nearness)[:limit])


def _nearness(each: Explanation) -> tuple[bool, int, int, str]:
    return not is_touched(each.condition), each.failed, -met(each.condition), each.rule.id


def _explain(rule: Rule, kind: EventKind, sight: Sight, speaker: Speaker) -> Explanation:
    expression = rule.by_kind[kind.name].condition
    condition = take_apart(expression.root, written(expression), sight, speaker)
    outcome = _outcome(rule, condition.outcome, sight.now)
    missing = tuple(sorted(set(missing_facts(expression.root, sight)))) if condition.outcome is None else ()
    return Explanation(
        rule=rule,
        outcome=outcome,
        holds=condition.outcome,
        because=_because(rule, condition, outcome, missing, speaker),
        missing=missing,
        first=None if condition.outcome else first_failed(condition),
        failed=distance(expression.root, sight, wanted=True),
        size=leaves(expression.root),
        condition=condition,
    )


def _outcome(rule: Rule, holds: Truth, now: int) -> Outcome:
    if rule.status not in _EVALUATED or microseconds(rule.starts_at) > now:
        return Outcome.NOT_IN_FORCE
    if holds is None and rule.asks_when_missing:
        return Outcome.UNKNOWN
    return Outcome.FIRED if holds else Outcome.NOT_FIRED


def _because(rule: Rule, condition: Part, outcome: Outcome, missing: tuple[str, ...], speaker: Speaker) -> str:
    words = speaker.words
    if outcome is Outcome.NOT_IN_FORCE:
        if rule.status in (Status.DRAFT, Status.RETIRED):
            return words.say(rule.status.value)
        return words.say("starts", day=rule.effective_from)
    if condition.outcome is None and missing:
        key = "missing_asks" if rule.asks_when_missing else "missing_skips"
        return words.say(key, names=speaker.names(missing))
    said = list(dict.fromkeys(reasons(condition)))
    more = words.say("more") if len(said) > _MOST_REASONS else ""
    return words.say("because", reasons=words.semicolon.join(said[:_MOST_REASONS])) + more
