"""Makes a firing of a rule that fired or could not be known: bindings, amounts, missing facts.

This is the rare, slow side of an evaluation. Bindings show what the rule looked at, in plain values that can be stored
as JSON; the texts of the content itself are never among them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from app.rules.compile import amount, why_unknown
from app.rules.definition import KindExpressions, Rule, Status
from app.rules.grounds import settle
from app.rules.overrides import Applied
from app.rules.reading import china_day
from app.rules.tree import FactRef, ItemRef, OverriddenRef, ParameterRef, Quantifier, walk
from app.values.deciding import Firing, Verdict, hardest
from app.values.facts import EventKind, Fact, FactType
from app.values.sign_off import NOTHING_SIGNED, SignOff, SignOffs

LONGEST_TEXT = 200
_NAME = re.compile(r'"([a-z][a-z0-9_]*)"')
MOST_ITEMS = 20

Facts = Mapping[str, object]
"""By dotted name; beside them, under their keys, the parameters that have another value for this event."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What an event is judged by beside its facts: the overrides that hold for it, and what has been signed off."""

    applied: Mapping[str, Applied] = field(default_factory=dict)
    sign_offs: SignOffs = NOTHING_SIGNED


USUAL = Terms()


@dataclass(frozen=True, slots=True)
class _Day:
    """What a rule rests on during one day in China, for events that no override or sign-off changes."""

    day: date
    cited: tuple[str, ...]
    settled: tuple[tuple[str, ...], tuple[SignOff, ...]]


@dataclass(frozen=True, slots=True)
class _Looks:
    """What the rule's firings show and work out; found when the rule first fires, which most never do."""

    amounts: Mapping[tuple[int, str], Callable[..., int | None]]
    parameters: Mapping[str, object]
    overridden: Mapping[str, OverriddenRef]
    members: Mapping[str, tuple[str, ...]]
    shown: tuple[Fact, ...]
    about: tuple[str, ...]


@dataclass(slots=True)
class FiringMaker:
    """What it takes to make firings of one rule on one event kind."""

    rule: Rule
    kind: EventKind
    missing: Callable[..., list[str]] = field(init=False)
    _found: _Looks | None = field(init=False, default=None)
    _today: _Day | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        rule, kind = self.rule, self.kind.name  # and not self, which would be a circle
        self.missing = why_unknown(lambda: rule.by_kind[kind].condition.root)

    @property
    def _looks(self) -> _Looks:
        if self._found is None:
            self._found = _look_at(self.rule, self.kind)
        return self._found

    @property
    def _expressions(self) -> KindExpressions:
        return self.rule.by_kind[self.kind.name]

    def fired(self, facts: Facts, now: int, terms: Terms) -> Firing:
        """The firing of a rule that surely holds; a block or payment that waits for a sign-off is a review."""
        unsigned, rests_on = self._settled(now, terms)
        missing: set[str] = set()
        effects: list[Mapping[str, object]] = [{"label": label} for label in self.rule.then.labels]
        for number, effect in enumerate(self.rule.then.effects):
            data = dict(effect.data)
            for key in effect.amounts:
                data[key] = self._looks.amounts[number, key](facts.get, now, [])
                if data[key] is None:
                    missing.update(fact.name for fact in self._expressions.amounts[number, key].facts)
            effects.append({effect.verb: data, **({"unsigned": list(unsigned)} if unsigned else {})})
        verdict = self.rule.then.verdict
        if unsigned and verdict is Verdict.BLOCK:
            verdict = Verdict.REVIEW
        if missing or unsigned:
            verdict = hardest([verdict, Verdict.REVIEW])
        return self._firing(
            verdict,
            facts,
            now,
            terms,
            missing=tuple(sorted(missing)),
            effects=() if missing else tuple(effects),
            unsigned=unsigned,
            sign_offs=rests_on,
        )

    def unknown(self, facts: Facts, now: int, terms: Terms) -> Firing:
        """The firing of a rule that cannot be known: a review that names the missing facts and has no effects."""
        missing = tuple(sorted(set(self.missing(facts.get, now, []))))
        return self._firing(Verdict.REVIEW, facts, now, terms, missing=missing)

    def _settled(self, now: int, terms: Terms) -> tuple[tuple[str, ...], tuple[SignOff, ...]]:
        if terms is USUAL:
            return self._on(now).settled
        return settle(self.rule.grounds, china_day(now), applied=terms.applied, sign_offs=terms.sign_offs)

    def _on(self, now: int) -> _Day:
        """What holds on the day of an instant; the last day is kept, because events mostly come on the same one."""
        known, day = self._today, china_day(now)
        if known is None or known.day != day:
            grounds = self.rule.grounds
            settled = settle(grounds, day, applied=USUAL.applied, sign_offs=USUAL.sign_offs)
            self._today = known = _Day(day, grounds.cited(day), settled)
        return known

    def _firing(self, verdict: Verdict, facts: Facts, now: int, terms: Terms, **found: Any) -> Firing:
        looks = self._looks
        applied = {ref.name: terms.applied[key].where for key, ref in looks.overridden.items() if key in terms.applied}
        return Firing(
            rule=self.rule.id,
            pack=self.rule.pack,
            decision=verdict,
            reason=self.rule.reason,
            references=self._on(now).cited,
            bindings=self._bindings(facts),
            shadow=self.rule.status is Status.SHADOW,
            overrides=applied,
            remedy=self.rule.remedy,
            about=looks.about,
            **found,
        )

    def _bindings(self, facts: Facts) -> dict[str, object]:
        looks = self._looks
        bound = {
            fact.name: self._plain(fact, value) for fact in looks.shown if (value := facts.get(fact.name)) is not None
        }
        parameters = dict(looks.parameters)
        parameters |= {ref.name: facts.get(key, ref.default) for key, ref in looks.overridden.items()}
        return bound | {name: list(v) if isinstance(v, tuple) else v for name, v in parameters.items()}

    def _plain(self, fact: Fact, value: object) -> object:
        if isinstance(value, str):
            return str.__str__(value)[:LONGEST_TEXT]
        if isinstance(value, datetime):
            return value.isoformat()
        if fact.type is FactType.TEXT_LIST and isinstance(value, list | tuple):
            return [str(item)[:LONGEST_TEXT] for item in value[:MOST_ITEMS]]
        if fact.type is FactType.RECORD_LIST and isinstance(value, list | tuple):
            members = self._looks.members.get(fact.name, ())
            return [self._record(members, item) for item in value[:MOST_ITEMS]] if members else len(value)
        return value if isinstance(value, bool | int) else None

    def _record(self, members: tuple[str, ...], item: object) -> dict[str, object]:
        if not isinstance(item, Mapping):
            return {}
        return {name: self._plain_member(item.get(name)) for name in members}

    def _plain_member(self, value: object) -> object:
        if isinstance(value, datetime):
            return value.isoformat()
        return str.__str__(value)[:LONGEST_TEXT] if isinstance(value, str) else value


def _look_at(rule: Rule, kind: EventKind) -> _Looks:
    expressions = rule.by_kind[kind.name]
    every = (expressions.condition, *expressions.amounts.values())
    nodes = [node for each in every for node in walk(each.root)]
    looked_at = {fact.name: fact for each in every for fact in each.facts}
    return _Looks(
        amounts={key: amount(each.root) for key, each in expressions.amounts.items()},
        parameters={node.name: node.value for node in nodes if isinstance(node, ParameterRef)},
        overridden={node.key: node for node in nodes if isinstance(node, OverriddenRef)},
        members={
            loop.source.fact.name: _members(loop)
            for loop in nodes
            if isinstance(loop, Quantifier) and isinstance(loop.source, FactRef)
        },
        shown=tuple(fact for name, fact in looked_at.items() if name not in kind.text_fields),
        about=tuple(dict.fromkeys(_NAME.findall(rule.when))),
    )


def _members(loop: Quantifier) -> tuple[str, ...]:
    mine = (node for node in walk(loop) if isinstance(node, ItemRef) and node.variable == loop.variable)
    return tuple(dict.fromkeys(node.member for node in mine if node.member))
