"""Deadlines worked out from the state of rows: which there are, by when, and whether they are settled already.

A deadline that passed stands on the time line as an event of its own kind, at the instant it was due. So it is judged
by the facts as they were at that moment, and judged again when something told late happened before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.values.facts import Due, EventKind, Fact, FactType, Happened, Origin, Presence, State
from app.values.policy import Policy

SOURCE = "~deadline"
"""Sorts after every source of events: what happens at the very instant is in time."""
DUE_FACTS = (
    Fact("deadline", FactType.TEXT, Presence.REQUIRED, Origin.COMPUTED, doc="which deadline has passed"),
    Fact("due_at", FactType.INSTANT, Presence.REQUIRED, Origin.COMPUTED, doc="when it was due"),
)


@dataclass(frozen=True, slots=True)
class Planned:
    """A deadline as the present state has it."""

    kind: str
    subject_type: str
    subject: str
    due: Due

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes it one deadline of its line."""
        return (self.kind, self.due.name, self.subject)


def planned(
    kinds: Mapping[str, EventKind], states: Mapping[tuple[str, str], State], policy_for: Callable[[State], Policy]
) -> Iterator[Planned]:
    """Every deadline of one line's rows; ``policy_for`` gives the parameters that hold for an order's row."""
    orders = [state for (table, _), state in states.items() if table == "order"]
    order: State = orders[0] if orders else {}
    policy = policy_for(order)
    for kind in kinds.values():
        if kind.dues is None:
            continue
        for (table, subject), state in states.items():
            if table == kind.dues.table:
                for due in kind.dues.work_out(state, order, policy):
                    yield Planned(kind.name, kind.subject, subject, due)


def passed(kind: EventKind, *, name: str, subject: str, shop_id: str, due_at: datetime) -> Happened:
    """A deadline that passed, as an event."""
    facts: dict[str, Any] = {"deadline": name, "due_at": due_at}
    if kind.key:
        facts[kind.key] = subject
    return Happened(kind.name, f"{kind.name}:{name}:{subject}", SOURCE, shop_id, subject, due_at, facts)


def working_time(start: datetime, span: timedelta, pauses: tuple[str, ...]) -> datetime:
    """``start`` plus ``span``, not counting the pauses (``2026-02-15T00:00+08:00/2026-02-24T00:00+08:00``)."""
    end = start + span
    for begins, ends in sorted(pause for each in pauses if (pause := read_pause(each)) is not None):
        if begins < end and ends > start:
            end += ends - max(begins, start)
    return end


def read_pause(text: str) -> tuple[datetime, datetime] | None:
    """The two instants of a pause; None where the text is none."""
    begins, _, ends = text.partition("/")
    try:
        pause = datetime.fromisoformat(begins), datetime.fromisoformat(ends)
    except ValueError:
        return None
    return pause if all(each.tzinfo is not None for each in pause) and pause[0] < pause[1] else None


def earliest(*instants: datetime | None) -> datetime | None:
    """The earliest of those that are there."""
    return min((each for each in instants if each is not None), default=None)
