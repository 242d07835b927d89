"""What an officer's decision may rest on, as the page offers it: what was found in the case, categories, then rules.

Of some four hundred rules only those about what the case is about are offered, by pack and with their titles; the
server takes any in force, because a case may turn out to be about something else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy.orm import Session

from app.flows.judge_content import Judge
from app.flows.parts import Parts
from app.flows.policies import found_in
from app.models import Case, Screening
from app.rules.definition import Rule, Status
from app.text.words import Category
from app.web.console.titles import title
from app.web.console.words import say

_IN_USE = (Status.LIVE, Status.SHADOW)


class Choice(NamedTuple):
    """One policy and what is shown of it; titles of rules are Chinese in every language."""

    id: str
    label: str
    is_rule: bool = False


@dataclass(frozen=True, slots=True)
class PolicyGroup:
    """Choices under one heading; that of a pack's rules holds the pack's title."""

    heading: str
    choices: tuple[Choice, ...]
    is_pack: bool = False


def policy_groups(
    own: Parts, session: Session, case: Case, categories: Mapping[str, Category], *, is_blind: bool = False
) -> tuple[PolicyGroup, ...]:
    """The groups in the order offered, none of them empty; whoever judges blind is not told what was found."""
    judge = own.live.current if own.live.is_ready else None
    rules = _rules(judge) if judge is not None else {}
    found = {} if is_blind else found_in(own, session, case)
    first = [
        Choice(each, title(categories, each)) if kind == "category" else Choice(each, _rule_label(each, rules), True)
        for each, kind in found.items()
    ]
    listed = sorted(categories.values(), key=lambda each: (-each.severity, each.id))
    others = [Choice(each.id, title(categories, each.id)) for each in listed if each.id not in found]
    groups = [PolicyGroup(say("work.policy_found"), tuple(first)), PolicyGroup(say("work.policy_words"), tuple(others))]
    if judge is not None:
        groups += _packs(judge, _kinds(judge, session, case), found)
    return tuple(each for each in groups if each.choices)


def _packs(judge: Judge, kinds: frozenset[str], found: Mapping[str, str]) -> list[PolicyGroup]:
    made = []
    for pack in judge.engine.packs:
        about = [
            rule
            for rule in pack.rules
            if rule.status in _IN_USE and rule.id not in found and (not kinds or kinds & set(rule.on))
        ]
        choices = tuple(Choice(rule.id, f"{rule.id} {rule.title}", True) for rule in about)
        made.append(PolicyGroup(say("work.policy_pack", pack=pack.title), choices, is_pack=True))
    return made


def _kinds(judge: Judge, session: Session, case: Case) -> frozenset[str]:
    """Kinds of event about what the case is about; none where that is not known."""
    if case.screening_id is None:
        return frozenset(each.name for each in judge.kinds.values() if each.subject == case.subject_type)
    screening = session.get(Screening, case.screening_id)
    kind = None if screening is None else judge.event_kind(screening.kind)
    return frozenset() if kind is None else frozenset({kind.name})


def _rules(judge: Judge) -> Mapping[str, Rule]:
    return {rule.id: rule for pack in judge.engine.packs for rule in pack.rules}


def _rule_label(rule_id: str, rules: Mapping[str, Rule]) -> str:
    return f"{rule_id} {rules[rule_id].title}" if rule_id in rules else rule_id
