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
from app.rules.parts import Part, first_failed, is_touched, met, missing_facts, reasons, take_apart
from app.rules.reading import microseconds
from app.rules.sentences import Speaker
from app.rules.sight import Clean, Shower, read_facts
from app.rules.written import written
from app.values.facts import EventKind

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
    packs: Sequence[Pack], kind: EventKind, facts: Mapping[str, object], *, now: datetime, clean: Clean
) -> tuple[Explanation, ...]:
    """Every rule on that kind of event, in the order of their ids.

    ``facts`` are flat, by dotted name; ``now`` has an offset; ``clean`` blanks personal data in a text that is shown.
    """
    pairs = [(rule, pack) for pack in packs for rule in pack.rules if kind.name in rule.by_kind]
    evaluated = [rule for rule, _ in pairs if rule.status in _EVALUATED]
    sight = Sight(read_facts(kind, evaluated or [rule for rule, _ in pairs], facts), microseconds(now))
    pairs.sort(key=lambda pair: pair[0].id)
    return tuple(_explain(rule, kind, sight, Speaker(Shower(kind, pack.parameters, clean))) for rule, pack in pairs)


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
        because=_because(rule, condition, outcome, missing),
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


def _because(rule: Rule, condition: Part, outcome: Outcome, missing: tuple[str, ...]) -> str:
    if outcome is Outcome.NOT_IN_FORCE:
        states = {Status.DRAFT: "规则尚为草稿，不参与裁决", Status.RETIRED: "规则已停用，不参与裁决"}
        return states.get(rule.status, f"规则自 {rule.effective_from} 起生效（北京时间）")
    if condition.outcome is None and missing:
        return f"缺少事实 {'、'.join(missing)}，" + ("须由人判断" if rule.asks_when_missing else "按规则约定不触发")
    said = list(dict.fromkeys(reasons(condition)))
    more = "；等" if len(said) > _MOST_REASONS else ""
    return "因为 " + "；".join(said[:_MOST_REASONS]) + more
