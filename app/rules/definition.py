"""What a loaded rule pack is: frozen values, checked against the event kinds, ready to be compiled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from enum import StrEnum

from app.rules.effects import Consequence
from app.rules.grounds import Grounds, Parameter, Reference
from app.rules.limits import HARD_EFFECTS, HARD_VERDICTS, Band, Share
from app.rules.positions import Document, Place
from app.rules.shape import ExamplesShape, PackShape
from app.rules.tree import Expression, OverriddenRef, ParameterRef, Type
from app.rules.units import unit_of
from app.values.rule_scope import EVERYWHERE, RuleScope

__all__ = [
    "Example",
    "KindExpressions",
    "Pack",
    "PackFiles",
    "Parameter",
    "Reference",
    "Rule",
    "Status",
    "parameter_ref",
    "parameter_refs",
]

BEIJING = timezone(timedelta(hours=8))


class Status(StrEnum):
    """Where a rule is in its life."""

    DRAFT = "draft"  # loaded and held to its examples, not evaluated
    SHADOW = "shadow"  # evaluated and recorded, changes nothing
    LIVE = "live"
    RETIRED = "retired"  # kept for explaining old decisions


@dataclass(frozen=True, slots=True)
class KindExpressions:
    """A rule's expressions as checked against one event kind; ``amounts`` by effect number and key."""

    condition: Expression
    amounts: Mapping[tuple[int, str], Expression]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, checked against every event kind it is ``on``; ``references`` are texts, ``place`` is ``file:line``."""

    id: str
    pack: str
    title: str
    on: tuple[str, ...]
    status: Status
    effective_from: date
    review_by: date
    references: tuple[str, ...]
    when: str
    then: Consequence
    reason: str
    asks_when_missing: bool
    grounds: Grounds
    by_kind: Mapping[str, KindExpressions]
    place: Place
    share: Share | None = None
    band: Band | None = None
    remedy: str | None = None

    @property
    def is_hard(self) -> bool:
        """Whether it blocks, holds back or moves money: what a second person has to look at."""
        return self.then.verdict in HARD_VERDICTS or any(each.verb in HARD_EFFECTS for each in self.then.effects)

    @property
    def unsigned(self) -> tuple[str, ...]:
        """Why it may not block or pay by itself on its first day, for a shop without overrides."""
        return tuple(need.told for need in self.grounds.needs(self.effective_from, {}))

    @property
    def catalogue_id(self) -> str:
        """The id in the catalogue of rules: ``S8-02a`` and ``S8-02b`` are both ``S8-02``."""
        return self.id.rstrip("abcdefghijklmnopqrstuvwxyz")

    @property
    def starts_at(self) -> datetime:
        """Beijing midnight of the day from which the rule holds."""
        return datetime.combine(self.effective_from, time(), BEIJING)


@dataclass(frozen=True, slots=True)
class Example:
    """One event a rule must fire on, be quiet on, or not be able to know (``side``)."""

    rule: str
    side: str
    name: str
    kind: str
    facts: Mapping[str, object]
    now: datetime
    missing: tuple[str, ...] | None
    decision: str | None
    place: Place
    scope: RuleScope = EVERYWHERE


@dataclass(frozen=True, slots=True)
class Pack:
    """One folder of rules with its examples."""

    name: str
    title: str
    owner: str
    references: Mapping[str, Reference]
    parameters: Mapping[str, Parameter]
    rules: tuple[Rule, ...]
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class PackFiles:
    """The two files of one folder, read but not yet understood."""

    folder: str
    pack: Document
    examples: Document
    shape: PackShape
    sides: ExamplesShape


def parameter_refs(pack: Mapping[str, Parameter]) -> dict[str, ParameterRef | OverriddenRef]:
    """The parameters as leaves of expression trees; one that is the same for every shop is a literal."""
    return {name: parameter_ref(each) for name, each in pack.items()}


def parameter_ref(parameter: Parameter) -> ParameterRef | OverriddenRef:
    """One of them."""
    kind = {bool: Type.BOOL, int: Type.INT, str: Type.TEXT, tuple: Type.TEXT_LIST}[type(parameter.default)]
    unit = unit_of(parameter.unit) if kind is Type.INT else None
    if not parameter.overrides:
        return ParameterRef(kind, unit, parameter.default, parameter.name)
    return OverriddenRef(kind, unit, parameter.name, parameter.key, parameter.default, parameter.overrides)
