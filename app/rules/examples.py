"""Holds every rule to its examples, and both evaluators to each other, before a snapshot may judge anything.

Each example is evaluated by Python and, where it is in use, by C. After that, generated cases look for events on which
the two differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from app.errors import Problem
from app.rules import durable
from app.rules.cases import generate_cases
from app.rules.definition import Example, Pack, Rule, Status
from app.rules.engine import Engine
from app.rules.program import Event, Program
from app.rules.reading import microseconds
from app.values.deciding import Firing
from app.values.sign_off import NOTHING_SIGNED

CASES_PER_KIND = 100


def run_examples(packs: Sequence[Pack], engine: Engine) -> list[Problem]:
    """What the examples of the packs find wrong, each with ``file:line``; empty when every rule does what it says.

    Draft rules are tried too; retired ones are not.
    """
    drafts = engine.drafts()
    try:
        problems = [problem for pack in packs for problem in _run_pack(pack, engine, drafts)]
        for kind, program in [*_live(packs, engine).items(), *drafts.items()]:
            problems += _run_cases(kind, program, packs)
    finally:
        for program in drafts.values():
            program.close()
    return problems


def _live(packs: Sequence[Pack], engine: Engine) -> dict[str, Program]:
    names = sorted({kind for pack in packs for rule in pack.rules for kind in rule.on})
    return {name: program for name in names if (program := engine.program(name)) is not None}


def _run_pack(pack: Pack, engine: Engine, drafts: Mapping[str, Program]) -> Iterator[Problem]:
    rules = {rule.id: rule for rule in pack.rules}
    for example in pack.examples:
        rule = rules[example.rule]
        if rule.status is Status.RETIRED:
            continue
        program = drafts.get(example.kind) if rule.status is Status.DRAFT else engine.program(example.kind)
        if program is not None:
            yield from _run(example, rule, program)


def _run(example: Example, rule: Rule, program: Program) -> Iterator[Problem]:
    now = microseconds(example.now)
    facts, terms = program.terms(example.facts, example.scope, NOTHING_SIGNED)
    evaluators = [("python", program.by_python), *([("durable", program.by_c)] if program.trusts_c else [])]
    said: dict[tuple[str, str], list[str]] = {}
    for name, evaluate in evaluators:
        wrong: list[str] = []
        try:
            firings = program.firings(evaluate(facts, now, wrong), Event(facts, now, terms))
        except durable.ShardFailed as error:
            said.setdefault((f"it failed: {error}", "an answer"), []).append(name)
            continue
        firing = next((each for each in firings if each.rule == rule.id), None)
        if (told := _judge(example, firing)) is not None:
            said.setdefault(told, []).append(name)
    for (problem, expected), names in said.items():
        where = f"{example.rule}, example {example.name!r}"
        yield Problem(str(example.place), f"{where}: {problem} (evaluator {', '.join(names)})", expected)


_EXPECTED = {
    "fires": "that the rule fires",
    "quiet": "that the rule is quiet",
    "unknown": "that the rule cannot be known",
}


def _judge(example: Example, firing: Firing | None) -> tuple[str, str] | None:
    """What is wrong with how the rule did and what was expected, or None."""
    wanted = _EXPECTED[example.side]
    if firing is None:
        return None if example.side == "quiet" else ("it is quiet", wanted)
    if firing.missing and example.side != "unknown":
        return f"it is unknown for want of {', '.join(firing.missing)}", wanted
    if not firing.missing and example.side != "fires":
        return "it fires", wanted
    if example.missing is not None and firing.missing != example.missing:
        return f"it misses {', '.join(firing.missing)}", f"that it misses {', '.join(example.missing)}"
    if example.decision is not None and firing.decision.value != example.decision:
        return f"its decision is {firing.decision.value}", f"the decision {example.decision}"
    return None


def _run_cases(kind: str, program: Program, packs: Sequence[Pack]) -> Iterator[Problem]:
    """Generated events on which the evaluators differ, at most one problem a rule."""
    if not program.trusts_c:
        return
    told: set[str] = set()
    latest = max((example.now for pack in packs for example in pack.examples), default=None)
    for facts in generate_cases(program.kind, program.rules, count=CASES_PER_KIND, now=latest):
        now = microseconds(latest) if isinstance(latest, datetime) else 0
        try:
            one, other = program.by_python(facts, now, []), program.by_c(facts, now, [])
        except durable.ShardFailed as error:
            yield Problem(str(program.rules[0].place), f"C fails on a generated event of {kind}: {error}", "an answer")
            return
        for at in {at for left, right in zip(one, other, strict=True) for at in set(left) ^ set(right)}:
            rule = program.rules[at]
            if rule.id not in told:
                told.add(rule.id)
                yield Problem(str(rule.place), f"{rule.id}: the evaluators differ on {_said(facts)}", "one answer")


def _said(facts: Mapping[str, object]) -> str:
    return repr(dict(facts))[:300]
