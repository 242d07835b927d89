"""What a loaded rule pack is: frozen values, checked against the event kinds, ready to be compiled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from enum import StrEnum

from app.rules.effects import Consequence
from app.rules.positions import Document, Place
from app.rules.shape import ExamplesShape, PackShape
from app.rules.tree import Expression, ParameterRef, Type
from app.rules.units import unit_of

BEIJING = timezone(timedelta(hours=8))
VERIFIED = ("官方", "SDK", "法条", "自证")
"""Confidences on which a rule may block or pay by itself."""


class Status(StrEnum):
    """Where a rule is in its life."""

    DRAFT = "draft"  # loaded and held to its examples, not evaluated
    SHADOW = "shadow"  # evaluated and recorded, changes nothing
    LIVE = "live"
    RETIRED = "retired"  # kept for explaining old decisions


@dataclass(frozen=True, slots=True)
class Reference:
    """A law article or platform page and how sure the project is of it."""

    name: str
    text: str
    confidence: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A named threshold: int, bool, text or a list of texts, with unit and origin."""

    name: str
    default: int | bool | str | tuple[str, ...]
    unit: str
    origin: str
    note: str | None = None


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
    unsigned: tuple[str, ...]
    by_kind: Mapping[str, KindExpressions]
    place: Place

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


def parameter_refs(pack: Mapping[str, Parameter]) -> dict[str, ParameterRef]:
    """The parameters as leaves of expression trees."""
    types = {bool: Type.BOOL, int: Type.INT, str: Type.TEXT, tuple: Type.TEXT_LIST}
    return {
        name: ParameterRef(
            types[type(each.default)], unit_of(each.unit) if type(each.default) is int else None, each.default, name
        )
        for name, each in pack.items()
    }
