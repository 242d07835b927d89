"""The rule engine of one snapshot: facts and an instant in, firings out; the same answer in every process.

Two evaluators are made from one tree: generated Python, and durable-rules in C where it can be installed. Whichever
answers, the other can check it: a sampled evaluation is done by both, and when they differ, or when C fails, Python's
answer stands, the doubt is told, and after a difference that event kind is left to Python for good. An evaluation never
raises for what the facts say.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.errors import InvalidInput, Problem
from app.metrics import EVALUATOR_ERRORS
from app.rules import durable
from app.rules.compile import Answer
from app.rules.definition import Pack, Rule, Status
from app.rules.firing import USUAL
from app.rules.overrides import Overrides
from app.rules.program import EVALUATED, Compile, Event, Program, by_kind, compile_kind
from app.rules.reading import microseconds
from app.values.deciding import Firing
from app.values.facts import EventKind
from app.values.pause import Pause, no_pause
from app.values.policy import Policy
from app.values.rule_scope import EVERYWHERE, RuleScope
from app.values.sign_off import NOTHING_SIGNED, SignOffs

Evaluator = Literal["auto", "durable", "python"]

_MISTAKES = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, MemoryError, RecursionError)
"""What generated code may raise if it is wrong: then a person decides."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The firings of one event in the rules' order, who worked them out, and why a person must look all the same."""

    firings: tuple[Firing, ...]
    evaluator: str
    doubts: tuple[str, ...]


_QUIET = {name: Evaluation((), name, ()) for name in ("durable", "python")}
"""What is said of most events: nothing."""


class Engine:
    """The compiled rules of one snapshot. Thread-safe; ``close`` it when another snapshot has taken over."""

    def __init__(
        self,
        packs: Sequence[Pack],
        kinds: Mapping[str, EventKind],
        *,
        in_c: bool,
        compile_by: Compile = compile_kind,
        before: Engine | None = None,
        pause: Pause = no_pause,
    ) -> None:
        self.evaluator = "durable" if in_c else "python"
        self.packs = tuple(packs)
        self.rules = tuple(sorted((rule for pack in packs for rule in pack.rules), key=lambda rule: rule.id))
        self.in_c = in_c
        self._kinds = dict(kinds)
        parameters = [each for pack in self.packs for each in pack.parameters.values()]
        self._defaults = {f"{each.pack}.{each.name}": each.default for each in parameters}
        self._overrides = Overrides({f"{e.pack}.{e.name}": e.overrides for e in parameters if e.overrides})
        self._by_key = {each.key: each.overrides for each in parameters if each.overrides}
        known = before if before is not None and before.in_c == in_c else None
        self._programs: dict[str, Program] = self._build(EVALUATED, compile_by, known, pause)
        self._shared = {name for name, made in self._programs.items() if known and known.program(name) is made}
        self._errors = 0
        self._counting = threading.Lock()

    def _build(
        self,
        statuses: tuple[Status, ...],
        compile_by: Compile,
        known: Engine | None = None,
        pause: Pause = no_pause,
    ) -> dict[str, Program]:
        """A program for each kind that has rules; one that ``known`` has for just these rules is taken as it is."""
        return {
            name: _known(known, self._kinds[name], rules) or self._program(self._kinds[name], rules, compile_by, pause)
            for name, rules in by_kind(self.rules, self._kinds, statuses).items()
        }

    def _program(self, kind: EventKind, rules: Sequence[Rule], compile_by: Compile, pause: Pause) -> Program:
        compiled = compile_by(kind, rules, pause)
        return Program(kind, rules, compiled, self._by_key, in_c=self.in_c, pause=pause)

    @property
    def kinds(self) -> Mapping[str, EventKind]:
        """The event kinds it knows."""
        return self._kinds

    @property
    def errors(self) -> int:
        """How many evaluations C failed or answered differently, since the engine was built."""
        return self._errors

    def evaluate(
        self,
        kind: str,
        facts: Mapping[str, object],
        *,
        now: datetime,
        sample: bool = False,
        scope: RuleScope = EVERYWHERE,
        sign_offs: SignOffs = NOTHING_SIGNED,
        subject: str | None = None,
        tripped: Collection[str] = (),
    ) -> Evaluation:
        """Judge one event. ``facts`` are flat, by dotted name; ``now`` has an offset; ``sample`` checks C by Python.

        ``scope`` chooses among the values of parameters; ``sign_offs`` are those approved and not withdrawn.
        ``subject`` is the key by which a rule's share is drawn; ``tripped`` are the rules whose breaker is open.

        Raises InvalidInput for an event kind that does not exist; never for what the facts say.
        """
        program = self._programs.get(kind)
        if program is None:
            if kind not in self._kinds:
                raise InvalidInput(
                    "unknown event kind", problems=[Problem("kind", f"unknown: {kind}", ", ".join(self._kinds))]
                )
            return Evaluation((), self.evaluator, ())
        terms = USUAL
        if program.has_overrides or sign_offs is not NOTHING_SIGNED:
            facts, terms = program.terms(facts, scope, sign_offs)
        return self._judge(program, Event(facts, microseconds(now), terms, subject, tripped), sample=sample)

    def share_in_c(self) -> float:
        """The share of all leaf conditions that C evaluates itself, 0 to 1; 0 where C is not used."""
        atoms = sum(program.code.atoms for program in self._programs.values())
        in_c = sum(program.code.atoms_in_c for program in self._programs.values())
        return in_c / atoms if self.in_c and atoms else 0.0

    def program(self, kind: str) -> Program | None:
        """The compiled live and shadow rules of an event kind, for checks."""
        return self._programs.get(kind)

    def rules_on(self, kind: str) -> tuple[str, ...]:
        """The ids of the rules that an event of this kind is judged by."""
        program = self._programs.get(kind)
        return () if program is None else program.rule_ids

    def policy(self, scope: RuleScope = EVERYWHERE) -> Policy:
        """The parameters of all packs with the values that hold for a scope, for deadlines and their like."""
        applied = self._overrides.applied(scope)
        return Policy(self._defaults, {name: each.value for name, each in applied.items()})

    def drafts(self) -> Mapping[str, Program]:
        """The draft rules, compiled for their examples only; the caller closes them."""
        return self._build((Status.DRAFT,), compile_kind)

    def close(self) -> None:
        """Give the C memory back, but for what another engine shares. A later evaluation is answered by Python."""
        for name, program in self._programs.items():
            if name not in self._shared:
                program.close()

    def _judge(self, program: Program, event: Event, *, sample: bool) -> Evaluation:
        wrong: list[str] = []
        doubts: list[str] = []
        key = None if sample else program.remembered.key(event.facts)
        evaluator = program.evaluator
        answer = None if key is None else program.remembered.answer(key, by=evaluator)
        try:
            if answer is None:
                answer, evaluator = self._answer(program, event, wrong, doubts, sample=sample)
                if key is not None and not wrong:
                    program.remembered.keep(key, answer, by=evaluator)
            firings = program.firings(answer, event)
        except _MISTAKES as error:
            return Evaluation((), evaluator, (f"规则引擎无法完成评估（{program.kind.name}：{type(error).__name__}）",))
        if not (firings or wrong or doubts):
            return _QUIET[evaluator]
        doubts.extend(f"字段类型不符，按缺失处理：{name}" for name in sorted(set(wrong)))
        return Evaluation(firings, evaluator, tuple(doubts))

    def _answer(
        self, program: Program, event: Event, wrong: list[str], doubts: list[str], *, sample: bool
    ) -> tuple[Answer, str]:
        """The answer and who gave it: C, or Python where C fails or, in a sample, differs."""
        facts, now = event.facts, event.now
        answer: Answer | None = None
        if program.trusts_c:
            try:
                answer = program.by_c(facts, now, wrong)
            except (durable.ShardFailed, *_MISTAKES):
                if program.trusts_c:  # a closed engine is no failure
                    self._count()
        if answer is not None and not sample:
            return answer, "durable"
        other = program.by_python(facts, now, wrong)
        if answer is None:
            return other, "python"
        if answer != other:
            self._count()
            program.trusts_c = False
            doubts.append(_difference(program, answer, other))
            return other, "python"
        return answer, "durable"

    def _count(self) -> None:
        EVALUATOR_ERRORS.inc()
        with self._counting:
            self._errors += 1


def build_engine(
    packs: Sequence[Pack],
    kinds: Mapping[str, EventKind],
    *,
    evaluator: Evaluator = "auto",
    compile_by: Compile = compile_kind,
    before: Engine | None = None,
    pause: Pause = no_pause,
) -> Engine:
    """The engine of a set of packs; ``pause`` is called again and again while it is built.

    ``compile_by`` gives what a kind's rules come to: by compiling them, or where that was done before. An event
    kind whose rules are those of ``before``, not only equal, shares what was compiled for it there.

    ``auto`` takes durable-rules where it can be imported and generated Python elsewhere. Raises RuntimeError when
    ``durable`` is asked for and cannot be had.
    """
    if evaluator == "durable" and not durable.AVAILABLE:
        raise RuntimeError("durable-rules cannot be imported on this Python; use evaluator python or auto")
    in_c = durable.AVAILABLE and evaluator != "python"
    return Engine(packs, kinds, in_c=in_c, compile_by=compile_by, before=before, pause=pause)


def _known(engine: Engine | None, kind: EventKind, rules: Sequence[Rule]) -> Program | None:
    program = engine.program(kind.name) if engine else None
    return program if program is not None and program.is_of(kind, rules) else None


def _difference(program: Program, one: Answer, other: Answer) -> str:
    numbers = {at for left, right in zip(one, other, strict=True) for at in set(left) ^ set(right)}
    return "两个规则引擎结果不一致：" + "、".join(sorted(program.rules[at].id for at in numbers))
