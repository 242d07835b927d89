"""A checked rule's expressions, read again from its text when somebody asks for them.

Judging goes by what was compiled; only an explanation, a firing or a diff looks at the tree. A thousand rules opened
from a pack (``packed``) therefore parse nothing, and the few that fire parse theirs once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from app.rules.definition import KindExpressions, Parameter, parameter_ref
from app.rules.effects import Effect
from app.rules.expression import parse_condition, parse_number
from app.rules.tree import OverriddenRef, ParameterRef
from app.values.facts import EventKind

Refs: TypeAlias = Mapping[str, ParameterRef | OverriddenRef]


class LateRefs(Refs):
    """The parameters as leaves of trees, each made when an expression that names it is read."""

    def __init__(self, parameters: Mapping[str, Parameter]) -> None:
        self._parameters = parameters

    def __getitem__(self, name: str) -> ParameterRef | OverriddenRef:
        return parameter_ref(self._parameters[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._parameters)

    def __len__(self) -> int:
        return len(self._parameters)


class ReadLater(Mapping[str, KindExpressions]):
    """The expressions by event kind; they were checked before, so reading them raises nothing."""

    __slots__ = ("_effects", "_kinds", "_read", "_refs", "_when")

    def __init__(self, kinds: Mapping[str, EventKind], when: str, effects: Sequence[Effect], refs: Refs) -> None:
        self._kinds = kinds
        self._when = when
        self._effects = effects
        self._refs = refs
        self._read: dict[str, KindExpressions] = {}

    def __getitem__(self, name: str) -> KindExpressions:
        """The expressions for a kind; two threads that ask at once both read, and get equal ones."""
        found = self._read.get(name)
        if found is None:
            found = self._read.setdefault(name, self._expressions(self._kinds[name]))
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._kinds)

    def __len__(self) -> int:
        return len(self._kinds)

    def __contains__(self, name: object) -> bool:
        """Without reading anything."""
        return name in self._kinds

    def _expressions(self, kind: EventKind) -> KindExpressions:
        facts = {fact.name: fact for fact in kind.facts}
        condition = parse_condition(self._when, facts=facts, parameters=self._refs, where=kind.name)
        amounts = {
            (number, key): parse_number(text, facts=facts, parameters=self._refs, where=kind.name, unit=unit)
            for number, effect in enumerate(self._effects)
            for key, (text, unit) in effect.amounts.items()
        }
        return KindExpressions(condition, amounts)
