"""The rules of one event kind as a program: compiled once for all processes, then bound in each.

Compiling costs milliseconds a rule and gives the same everywhere, so it may be kept and opened elsewhere (``packed``);
binding makes the functions, the rulesets in C and whatever else belongs to one process.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, TypeAlias

from app.rules import durable
from app.rules.compile import Answer, Condition, KindCode, KindSource, write_kind
from app.rules.definition import Rule, Status
from app.rules.firing import USUAL, FiringMaker, Terms
from app.rules.limits import limited
from app.rules.overrides import Override, Overrides
from app.rules.reading import microseconds
from app.rules.remembered import Looks, Remembered, looks
from app.rules.tree import OverriddenRef, walk
from app.values.deciding import Firing
from app.values.facts import EventKind
from app.values.pause import Pause, no_pause, paused
from app.values.rule_scope import RuleScope
from app.values.sign_off import SignOffs

EVALUATED = (Status.LIVE, Status.SHADOW)


class Event(NamedTuple):
    """What is judged: facts, instant in microseconds, by what else, and what the limits of a rule go by."""

    facts: Mapping[str, object]
    now: int
    terms: Terms = USUAL
    subject: str | None = None
    tripped: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Compiled:
    """What the rules of one event kind come to, the same in every process; ``overridden`` are parameters' keys."""

    source: KindSource
    looks: Looks
    overridden: tuple[str, ...]


def compile_kind(kind: EventKind, rules: Sequence[Rule], pause: Pause = no_pause) -> Compiled:
    """Compile the rules of one event kind: most of what it costs to follow a snapshot."""
    roots = [Condition(rule.by_kind[kind.name].condition.root, rule.asks_when_missing) for rule in rules]
    source = write_kind(roots, pause)
    keys: dict[str, None] = {}
    for rule in paused(rules, pause):
        found = rule.by_kind[kind.name]
        for each in (found.condition, *found.amounts.values()):
            keys |= {node.key: None for node in walk(each.root) if isinstance(node, OverriddenRef)}
    return Compiled(source, looks(condition.root for condition in paused(roots, pause)), tuple(keys))


Compile: TypeAlias = Callable[[EventKind, Sequence[Rule], Pause], Compiled]


class Program:
    """The rules of one event kind, bound: one code, shards of C rulesets, makers of firings."""

    def __init__(
        self,
        kind: EventKind,
        rules: Sequence[Rule],
        compiled: Compiled,
        overrides: Mapping[str, Sequence[Override]],
        *,
        in_c: bool,
        pause: Pause = no_pause,
    ) -> None:
        self.kind = kind
        self.rules = tuple(rules)
        self.compiled = compiled
        self.code = KindCode(compiled.source, pause)
        self.remembered = Remembered(compiled.looks, pause)
        self._makers: dict[int, FiringMaker] = {}
        self.rule_ids = tuple(rule.id for rule in self.rules)
        self.starts = _starts(self.rules)
        self.latest_start = max(self.starts, default=0)
        self.overrides = Overrides({key: overrides[key] for key in compiled.overridden})
        self.has_overrides = bool(compiled.overridden)
        self.trusts_c = in_c
        wanted = paused(compiled.source.shards, pause) if in_c else ()
        self.shards = [(durable.Shard(each.ruleset), each.rules) for each in wanted]

    def is_of(self, kind: EventKind, rules: Sequence[Rule]) -> bool:
        """Whether it was compiled from these very rules."""
        same = len(rules) == len(self.rules) and all(one is other for one, other in zip(rules, self.rules, strict=True))
        return same and kind == self.kind

    def by_python(self, facts: Mapping[str, object], now: int, wrong: list[str]) -> Answer:
        """Numbers of the rules that surely hold and of those that cannot be known."""
        return self.code.evaluate(facts.get, now, wrong)

    def by_c(self, facts: Mapping[str, object], now: int, wrong: list[str]) -> Answer:
        """The same, the sure ones from C; raises ShardFailed."""
        fired: set[int] = set()
        for message, (shard, rules) in zip(self.code.columns(facts.get, now, wrong), self.shards, strict=True):
            if message:
                fired.update([rules[name] for name in shard.fire(message)])
        return sorted(fired), self.code.unknown(facts.get, now, wrong)

    def terms(
        self, facts: Mapping[str, object], scope: RuleScope, sign_offs: SignOffs
    ) -> tuple[Mapping[str, object], Terms]:
        """The facts with the overrides that hold for this scope beside them, and by what else the event is judged."""
        applied = self.overrides.applied(scope)
        beside = {key: each.value for key, each in applied.items()}
        return ({**facts, **beside} if beside else facts), Terms(applied, sign_offs)

    def firings(self, answer: Answer, event: Event) -> tuple[Firing, ...]:
        """The firings of the rules already in force, as far as their share and breaker let them act."""
        fired, unknown = answer
        if not fired and not unknown:
            return ()
        made = [(at, self._maker(at).fired) for at in fired] + [(at, self._maker(at).unknown) for at in unknown]
        made.sort(key=lambda pair: pair[0])
        return tuple(
            limited(
                make(event.facts, event.now, event.terms),
                self.rules[at].share,
                subject=event.subject,
                tripped=event.tripped,
            )
            for at, make in made
            if self.starts[at] <= event.now
        )

    def _maker(self, at: int) -> FiringMaker:
        """What makes a rule's firings, made when it first fires: most never do."""
        made = self._makers.get(at)
        if made is None:
            made = self._makers.setdefault(at, FiringMaker(self.rules[at], self.kind))
        return made

    @property
    def evaluator(self) -> str:
        """Who answers now."""
        return "durable" if self.trusts_c else "python"

    def close(self) -> None:
        """Give the C memory back; Python goes on."""
        self.trusts_c = False
        for shard, _ in self.shards:
            shard.close()


def by_kind(
    rules: Iterable[Rule], kinds: Iterable[str], statuses: Collection[Status] = EVALUATED
) -> dict[str, list[Rule]]:
    """The rules in those states by event kind, in the order given; kinds without any are left out."""
    on: dict[str, list[Rule]] = {name: [] for name in kinds}
    for rule in rules:
        if rule.status in statuses:
            for name in rule.on:
                if name in on:
                    on[name].append(rule)
    return {name: found for name, found in on.items() if found}


def _starts(rules: Sequence[Rule]) -> list[int]:
    """The instants from which the rules hold, in microseconds; most begin on the same few days."""
    known: dict[date, int] = {}
    for rule in rules:
        if rule.effective_from not in known:
            known[rule.effective_from] = microseconds(rule.starts_at)
    return [known[rule.effective_from] for rule in rules]
