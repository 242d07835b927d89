"""How an event kind declares the facts its rules may ask for.

The declaration is a value because the rule compiler checks expressions against it, the event part fills it, and
neither imports the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeAlias

from app.values.policy import Policy


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


State: TypeAlias = dict[str, Any]
"""The present columns of one row of a typed table (``orders``, ``parcels`` …), as events left them."""


@dataclass(frozen=True, slots=True)
class Happened:
    """One event as it stands on its subject's time line: by when it happened, never by when it was told.

    ``told`` sorts events as they were told, for what the first word counts of; empty for what is not kept.
    """

    kind: str
    id: str
    source: str
    shop_id: str
    subject: str
    at: datetime
    facts: Mapping[str, Any]
    told: str = field(default="", compare=False)

    @property
    def place(self) -> tuple[datetime, str, str]:
        """Where it stands on a time line; the same whatever the order of arrival."""
        return (self.at, self.source, self.id)


@dataclass(frozen=True, slots=True)
class Update:
    """How a kind changes one typed table: the fact that names the row, and what happens to its columns."""

    table: str
    key: str
    apply: Callable[[State, Happened], None]


@dataclass(frozen=True, slots=True)
class Due:
    """By when something should have happened; when it did (``met_at``), or stopped to matter (``ended_at``)."""

    name: str
    at: datetime
    met_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def outcome(self) -> str:
        """``met`` or ``cancelled`` where that is settled whatever the clock says, else ``open``."""
        if self.met_at is not None and self.met_at <= self.at:
            return "met"
        return "cancelled" if self.ended_at is not None and self.ended_at <= self.at else "open"


@dataclass(frozen=True, slots=True)
class Dues:
    """The deadlines a kind declares: of which typed table's rows, by which parameters, and how.

    ``work_out`` sees one row, its order's row and the parameters that hold. With ``needs_feed`` a deadline is not
    judged while the shop's feed is silent: what is missing then may only not have been told.
    """

    table: str
    work_out: Callable[[State, State, Policy], Iterable[Due]]
    needs_feed: bool = True


@dataclass(frozen=True, slots=True)
class EventKind:
    """One kind of event: what it is about and which facts its rules may ask for.

    ``subject`` names the thing judged (content, order …); ``text_fields`` are sent fields that carry text to screen;
    ``content_kinds`` are the kinds of ``POST /v1/screenings`` that feed this event's rules.

    ``key`` is the fact that repeats the subject's id and may be left out; ``at`` the fact that says when the thing
    really happened, where it is not ``occurred_at``; ``updates`` bring it into the typed tables. Effects of its rules
    happen once for each value of the facts ``occasion`` (none: once a subject). ``sent`` is False for what only
    this service says, such as a deadline of ``dues`` that has passed; ``by_service`` is true of what it measures
    and tells itself, although others may tell it too.

    With ``text_kind`` the ``text_fields`` are screened as contents of that kind are, and the rules see the ``hits``.
    ``derive`` works further computed facts out of those at hand. ``is_heard`` marks what comes many times a second and
    stands on no time line: the flow that hears it keeps it in pieces and says by itself what came of it.
    """

    name: str
    subject: str
    facts: tuple[Fact, ...]
    text_fields: tuple[str, ...] = ()
    content_kinds: tuple[str, ...] = ()
    doc: str = ""
    key: str | None = None
    at: str | None = None
    updates: tuple[Update, ...] = ()
    occasion: tuple[str, ...] = ()
    sent: bool = True
    dues: Dues | None = None
    text_kind: str | None = None
    derive: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None
    is_heard: bool = False
    by_service: bool = False

    def fact(self, name: str) -> Fact | None:
        """The declared fact of that name, or None."""
        return next((fact for fact in self.facts if fact.name == name), None)
