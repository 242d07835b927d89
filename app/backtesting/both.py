"""A run's two tallies: contents and events are judged by other rules and on another ladder, so each has its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from app.backtesting.tally import Tally

_EVENTS = "events"


@dataclass(frozen=True, slots=True)
class Both:
    """What was counted of contents and of events; merged and kept like a tally."""

    contents: Tally = field(default_factory=Tally)
    events: Tally = field(default_factory=Tally)

    def merge(self, other: Both) -> None:
        """Take in the counts of other things."""
        self.contents.merge(other.contents)
        self.events.merge(other.events)

    def without_officers(self) -> Both:
        """The same without anything that officers decided."""
        return Both(self.contents.without_officers(), self.events.without_officers())

    def as_plain(self) -> dict[str, Any]:
        """As JSON: the contents' tally, that of the events inside."""
        return self.contents.as_plain() | {_EVENTS: self.events.as_plain()}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Self:
        """What ``as_plain`` gave; a run of before events were tried has none."""
        return cls(Tally.from_plain(plain), Tally.from_plain(plain.get(_EVENTS, {})))
