"""How an event kind declares the facts its rules may ask for.

The declaration is a value because the rule compiler checks expressions against it, the event part fills it, and
neither imports the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class FactType(StrEnum):
    """What a fact's value is. There are no floats: money is fen, ratios are basis points, times are instants."""

    BOOL = "bool"
    INT = "int"
    TEXT = "text"
    INSTANT = "instant"
    TEXT_LIST = "text_list"
    RECORD_LIST = "record_list"


class Presence(StrEnum):
    """What an absent fact means."""

    REQUIRED = "required"  # the event is refused
    NULLABLE = "nullable"  # None, an ordinary value
    EXPECTED = "expected"  # unknown: three-valued, and doubt goes to a person where it matters


class Origin(StrEnum):
    """Who says so."""

    SENT = "sent"  # the caller claims it
    PLATFORM = "platform"  # fetched from or pushed by the platform
    COMPUTED = "computed"  # worked out by this service


@dataclass(frozen=True, slots=True)
class Fact:
    """One declared fact. ``name`` may be dotted; ``unit`` is fen, bp, count, seconds, days … for ints.

    ``items`` declares the members of a RECORD_LIST's records (scalars only, all present).
    """

    name: str
    type: FactType
    presence: Presence = Presence.NULLABLE
    origin: Origin = Origin.SENT
    unit: str | None = None
    items: Mapping[str, FactType] = field(default_factory=dict)
    choices: tuple[str, ...] = ()
    doc: str = ""


@dataclass(frozen=True, slots=True)
class EventKind:
    """One kind of event: what it is about and which facts its rules may ask for.

    ``subject`` names the thing judged (content, order …); ``text_fields`` are sent fields that carry text to screen;
    ``content_kinds`` are the kinds of ``POST /v1/screenings`` that feed this event's rules.
    """

    name: str
    subject: str
    facts: tuple[Fact, ...]
    text_fields: tuple[str, ...] = ()
    content_kinds: tuple[str, ...] = ()
    doc: str = ""

    def fact(self, name: str) -> Fact | None:
        """The declared fact of that name, or None."""
        return next((fact for fact in self.facts if fact.name == name), None)
