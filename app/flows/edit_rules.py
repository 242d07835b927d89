"""Trying an edit of the rules in force before it is proposed: what is wrong, what changes, what the examples say.

base in force ─ edited in place ─ the condition alone (place inside its text) ─ packs loaded ─ diff ─ trial in a child
                                  └ problems, each with what it is about        └ what if: some facts, before and after
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from sqlalchemy.orm import Session

from app import snapshots
from app.errors import AppError, BadDefinition, InvalidInput, Problem
from app.events.given import given_facts
from app.events.kind import load_kinds
from app.flows.diff_snapshots import Diff
from app.flows.try_rules import try_rules
from app.rules.definition import Example, Pack, parameter_refs
from app.rules.diff import diff_packs
from app.rules.explain import Explanation, explain
from app.rules.expression import parse_condition
from app.rules.pack import load_packs
from app.rules.problems import ExpressionError
from app.settings import Settings
from app.text.personal_data import without_personal
from app.values.change import Language
from app.values.rule_scope import RuleScope

Files: TypeAlias = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Told:
    """An example of a rule and what it found, or None where the rule does what it says."""

    example: Example
    problem: Problem | None


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of trying an edit; without ``problems`` it can be proposed."""

    packs: tuple[Pack, ...] = ()
    diff: Diff | None = None
    problems: tuple[Problem, ...] = ()
    examples: tuple[Told, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """Facts to try the rules on, and whose event it is."""

    kind: str
    facts: Mapping[str, object]
    scope: RuleScope


def in_force(session: Session) -> tuple[str, dict[str, str]]:
    """The rules snapshot in force and its files; raises InvalidInput before the first."""
    base = snapshots.pointer(session, "rules").snapshot_id
    if base is None:
        raise InvalidInput("no rules are in force yet")
    return base, snapshots.load(session, base)


def check_condition(packs: Sequence[Pack], rule_id: str, text: str) -> tuple[int, Problem] | None:
    """What is first wrong in a condition of a rule, and at which code point of its text; None when nothing is."""
    kinds = load_kinds()
    for pack in packs:
        for rule in pack.rules:
            for name in rule.on if rule.id == rule_id else ():
                facts = {fact.name: fact for fact in kinds[name].facts}
                try:
                    parse_condition(text, facts=facts, parameters=parameter_refs(pack.parameters), where=name)
                except ExpressionError as error:
                    return error.offset or 0, Problem("when", error.problem, error.expected)
    return None


def try_edit(before: Sequence[Pack], files: Files, *, rules: Iterable[str], settings: Settings) -> Tried:
    """Load and try edited files; ``rules`` are those whose examples are told one by one."""
    try:
        packs = load_packs(files, kinds=load_kinds())
    except BadDefinition as error:
        return Tried(problems=error.problems)
    diff = Diff(tuple(diff_packs(before, packs)))
    problems: tuple[Problem, ...] = ()
    try:
        try_rules(settings, files)
    except BadDefinition as error:
        problems = error.problems
    wanted = set(rules)
    by_place = {problem.field: problem for problem in problems}
    told = [
        Told(example, by_place.get(str(example.place)))
        for pack in packs
        for example in pack.examples
        if example.rule in wanted
    ]
    return Tried(packs, diff, problems, tuple(told))


def check_but_examples(before: Sequence[Pack], files: Files, *, settings: Settings) -> bool:
    """Whether examples are all that speaks against edited files; raises BadDefinition for anything else."""
    every = {
        example.rule for pack in load_packs(files, kinds=load_kinds(), with_examples=True) for example in pack.examples
    }
    tried = try_edit(before, files, rules=every, settings=settings)
    of_examples = [each.problem for each in tried.examples if each.problem is not None]
    if wrong := [each for each in tried.problems if each not in of_examples]:
        raise BadDefinition("the rules cannot be tried", problems=wrong)
    return bool(of_examples)


def what_if(
    packs: Sequence[Pack], asked: Asked, *, rules: Iterable[str], now: datetime, language: Language = "zh"
) -> dict[str, Explanation]:
    """What some rules make of these facts, by the rule's id, said in ``language``; no engine is built for it.

    Raises InvalidInput for an unknown kind or facts that do not fit.
    """
    kind = load_kinds().get(asked.kind)
    if kind is None:
        problem = Problem("kind", f"unknown: {asked.kind!r:.80}", ", ".join(load_kinds()))
        raise InvalidInput("unknown event kind", problems=[problem])
    facts, problems = given_facts(kind, asked.facts)
    if problems:
        raise InvalidInput("the facts do not fit the declaration", problems=problems)
    wanted = set(rules)
    found = explain(packs, kind, facts, now=now, clean=without_personal, scope=asked.scope, language=language)
    return {each.rule.id: each for each in found if each.rule.id in wanted}


def problems_of(error: AppError) -> tuple[Problem, ...]:
    """What an error is about, at least one problem."""
    return error.problems or (Problem("", error.detail),)
