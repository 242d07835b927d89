"""Understands one ``examples.yaml``: the events that prove what each rule does and does not do.

An example says only what matters. Facts the service works out itself (computed) are filled in as empty when left out;
sent and platform facts stay absent, because absence is what many rules are about.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta, timezone

from app.errors import Problem
from app.rules.definition import Example, PackFiles, Rule, Status
from app.rules.positions import Path
from app.rules.problems import meant
from app.rules.shape import ExampleShape
from app.values.evidence import FACT
from app.values.facts import EventKind, Fact, FactType, Origin, Presence
from app.values.given_instants import read_instant
from app.values.rule_scope import EVERYWHERE, RuleScope

BEIJING = timezone(timedelta(hours=8))
_EMPTY: Mapping[FactType, object] = {
    FactType.BOOL: False,
    FactType.INT: 0,
    FactType.TEXT: "",
    FactType.TEXT_LIST: (),
    FactType.RECORD_LIST: (),
}
_EXPECTED = {
    FactType.BOOL: "true or false",
    FactType.INT: "a whole number",
    FactType.TEXT: "a text",
    FactType.INSTANT: "an instant such as 2026-11-22T10:00:00+08:00",
    FactType.TEXT_LIST: "a list of texts",
    FactType.RECORD_LIST: "a list of records",
}


class _WrongValue(Exception):
    """A value does not fit its declaration; says what was expected."""


def read_examples(
    files: PackFiles, rules: Sequence[Rule], *, kinds: Mapping[str, EventKind]
) -> tuple[tuple[Example, ...], list[Problem]]:
    """The examples of a pack, and everything wrong with them (a rule without both sides is a problem too)."""
    reader = _Reader(files, {rule.id: rule for rule in rules}, kinds)
    examples = tuple(reader.all())
    reader.both_sides(examples)
    return examples, reader.problems


@dataclass(slots=True)
class _Reader:
    """Reads one file; ``problems`` grows as it goes."""

    files: PackFiles
    rules: Mapping[str, Rule]
    kinds: Mapping[str, EventKind]
    problems: list[Problem] = field(default_factory=list)

    def bad(self, path: Path, problem: str, expected: str = "") -> None:
        """Collects a problem at the place of a value."""
        self.problems.append(Problem(str(self.files.examples.place(path)), problem, expected))

    def all(self) -> Iterator[Example]:
        """Every example that can be read."""
        written = {shape.id for shape in self.files.shape.rules}
        for rule_id, sides in self.files.sides.examples.items():
            if rule_id not in written:
                path = ("examples", rule_id)
                place = str(self.files.examples.key_place(path))
                told = f"examples of the unknown rule {rule_id!r}"
                self.problems.append(Problem(place, told, meant(rule_id, written, "a rule of this pack")))
            rule = self.rules.get(rule_id)
            if rule is None:
                continue
            for side in ("fires", "quiet", "unknown"):
                for number, shape in enumerate(getattr(sides, side)):
                    example = self._example(rule, side, shape, ("examples", rule_id, side, number))
                    if example is not None:
                        yield example

    def both_sides(self, examples: Sequence[Example]) -> None:
        """Every rule that may be evaluated has an example that fires and one that is quiet."""
        seen = {(example.rule, example.side) for example in examples}
        for rule in self.rules.values():
            if rule.status is Status.RETIRED:
                continue
            for side in ("fires", "quiet"):
                if (rule.id, side) not in seen and not getattr(self.files.sides.examples.get(rule.id), side, ()):
                    problem = f"the rule {rule.id} has no example under {side!r}"
                    self.problems.append(
                        Problem(str(rule.place), problem, f"at least one in {self.files.examples.file}")
                    )

    def _example(self, rule: Rule, side: str, shape: ExampleShape, path: Path) -> Example | None:
        before = len(self.problems)
        name = shape.on or rule.on[0]
        if name not in rule.on or (shape.on is None and len(rule.on) > 1):
            self.bad((*path, "on"), f"{rule.id} is not judged on {shape.on!r}", "on: " + " | ".join(rule.on))
            return None
        if shape.missing is not None and side != "unknown":
            self.bad((*path, "missing"), "only examples under unknown name what is missing", "no missing")
        for position, fact in enumerate(shape.missing or ()):
            if self.kinds[name].fact(fact) is None:
                self._unknown_fact(self.kinds[name], fact, (*path, "missing", position))
        facts = self._facts(self.kinds[name], shape, (*path, "facts"))
        now = self._now(rule, shape, (*path, "now"))
        if len(self.problems) > before:
            return None
        missing = None if shape.missing is None else tuple(sorted(shape.missing))
        place = self.files.examples.place((*path, "name"))
        scope = EVERYWHERE if shape.scope is None else RuleScope(**shape.scope.model_dump())
        return Example(rule.id, side, shape.name, name, facts, now, missing, shape.decision, place, scope)

    def _unknown_fact(self, kind: EventKind, name: str, path: Path) -> None:
        known = [each.name for each in kind.facts]
        dotted = next((each for each in known if each.startswith(f"{name}.")), None)
        expected = f"its members by their dotted names, such as {dotted}: …" if dotted else f"a fact of {kind.name}"
        self.bad(path, f"unknown fact {name!r}", expected if dotted else meant(name, known, expected))

    def _now(self, rule: Rule, shape: ExampleShape, path: Path) -> datetime:
        if shape.now is None:
            return datetime.combine(rule.effective_from, time(12), BEIJING).astimezone(UTC)
        try:
            return _instant(shape.now)
        except _WrongValue:
            self.bad(path, f"{shape.now!r} is no instant", _EXPECTED[FactType.INSTANT])
            return datetime.max.replace(tzinfo=UTC)

    def _facts(self, kind: EventKind, shape: ExampleShape, path: Path) -> dict[str, object]:
        facts: dict[str, object] = {
            fact.name: _EMPTY[fact.type]
            for fact in kind.facts
            if fact.origin is Origin.COMPUTED and fact.presence is Presence.REQUIRED and fact.type in _EMPTY
        }
        if kind.fact(FACT) is not None:
            facts[FACT] = ()  # an example that says nothing of it has nothing registered
        for name, value in shape.facts.items():
            fact = kind.fact(name)
            if fact is None:
                self._unknown_fact(kind, name, (*path, name))
                continue
            try:
                facts[name] = None if value is None else _value(fact, value)
            except _WrongValue as error:
                self.bad((*path, name), f"the fact {name!r} has the wrong value", str(error))
        return facts


def _value(fact: Fact, value: object) -> object:
    if fact.type is FactType.RECORD_LIST:
        if not isinstance(value, list):
            raise _WrongValue(_EXPECTED[fact.type])
        return [_record(fact, item) for item in value]
    if fact.type is FactType.TEXT_LIST:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise _WrongValue(_EXPECTED[fact.type])
        return value
    if fact.choices and value not in fact.choices and fact.origin is not Origin.PLATFORM:
        raise _WrongValue(meant(str(value), fact.choices, ", ".join(fact.choices)))
    return _scalar(fact.type, value)


def _scalar(kind: FactType, value: object) -> object:
    if kind is FactType.INSTANT and isinstance(value, str):
        return _instant(value)
    wanted = {FactType.BOOL: bool, FactType.INT: int, FactType.TEXT: str}.get(kind)
    if wanted is None or type(value) is not wanted:
        raise _WrongValue(_EXPECTED[kind])
    return value


def _record(fact: Fact, item: object) -> Mapping[str, object]:
    if not isinstance(item, Mapping):
        raise _WrongValue(_EXPECTED[fact.type])
    given = {}
    for name, value in item.items():
        if name not in fact.items:
            raise _WrongValue(f"no {name!r} in a record: {meant(name, fact.items, ', '.join(fact.items))}")
        try:
            given[name] = _scalar(fact.items[name], value)
        except _WrongValue as error:
            raise _WrongValue(f"{error} as {name!r} of a record") from error
    return {name: _EMPTY.get(kind) for name, kind in fact.items.items()} | given


def _instant(text: str) -> datetime:
    if (at := read_instant(text)) is None:
        raise _WrongValue(_EXPECTED[FactType.INSTANT])
    return at
