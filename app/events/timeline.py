"""One subject's events in the order they happened, and the state they add up to.

State is never patched by whoever comes last: it is added up again from all events of the order, sorted by when each
happened. So any order of arrival ends in the same state, and what a rule saw at one event can be seen again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from app.events.payments import payment_told
from app.events.shops_told import Shops
from app.events.told_once import Tellings, keep_telling, thing_of
from app.values.facts import EventKind, Happened, Origin, State

ORDER, TELLING = "order", "telling"
NAMELESS = frozenset({ORDER})
_SHARED = {
    "transaction_id": "transaction",
    "refund_id": "refund_no",
    "guarantee_order_id": "guarantee",
    "doubt_id": "doubt",
}
"""Facts beside the keys of tables by which orders are found, and what they are called there."""


States: TypeAlias = Mapping[tuple[str, str], State]
"""Rows by table and id."""


@dataclass(slots=True)
class Picture:
    """The rows of one order at one moment: ``states[table, id]``; ``told``: how else the last event was told.

    ``is_void`` where a person said that another telling counts than the last event.
    """

    order_id: str | None
    states: dict[tuple[str, str], State] = field(default_factory=dict)
    told: Mapping[str, Any] = field(default_factory=dict)
    is_void: bool = False

    def state(self, table: str, key: object) -> State | None:
        """One row's columns, or None."""
        return self.states.get((table, str(key))) if key is not None else None


def names_of(kind: EventKind, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """By what an event may be found when it does not say the order's id: ``parcel:SF1``, ``transaction:42``."""
    found = [f"{each.table}:{facts[each.key]}" for each in kind.updates if each.table != ORDER and facts.get(each.key)]
    found += [f"{called}:{facts[name]}" for name, called in _SHARED.items() if facts.get(name)]
    return tuple(dict.fromkeys(found))


def with_key(kind: EventKind, facts: Mapping[str, Any], subject: str) -> dict[str, Any]:
    """The facts with the subject's id under its own name, where it was left out."""
    return {kind.key: subject, **facts} if kind.key else dict(facts)


def walk(
    events: Iterable[Happened], kinds: Mapping[str, EventKind], *, order_id: str | None, start: States | None = None
) -> Iterator[tuple[Happened, Picture]]:
    """Each event in the order of happening with the picture after it: one object that goes on changing.

    ``start`` is what all events before these add up to; nothing of it is changed.
    """
    picture = Picture(order_id, {place: dict(state) for place, state in (start or {}).items()})
    ordered = sorted(events, key=lambda each: each.place)
    order = picture.state(ORDER, order_id)
    tellings, shops = Tellings.of(ordered, order), Shops.of(ordered, order)
    for event in ordered:
        if shops.has_lost(event):  # another shop has the order: nothing of it happened here
            picture.told, picture.is_void = {}, True
            yield event, picture
            continue
        thing = thing_of(event)
        picture.told = shops.note(event) if thing is None else tellings.note(event, thing)
        stands = tellings.stands(event, thing)
        picture.is_void = not stands and tellings.is_weighed(event, thing)
        for update in kinds[event.kind].updates:
            key = order_id if update.table == ORDER and order_id else event.facts.get(update.key)
            if key is None or not (stands or update.table == ORDER):
                continue
            state = picture.states.setdefault((update.table, str(key)), {})
            if stands or update is payment_told:  # what its payment was told as is kept, whichever counts
                update.apply(state, event)
            if thing is not None and update.table == ORDER:
                keep_telling(state, event, thing, tellings)
        yield event, picture


def facts_at(kind: EventKind, event: Happened, picture: Picture) -> dict[str, Any]:
    """What a rule sees at an event: its own facts, and under ``order.…`` and the like the columns of its rows."""
    facts = dict(event.facts)
    keys = {update.table: event.facts.get(update.key) for update in kind.updates}
    keys |= {kind.subject: event.subject} if kind.subject not in keys else {}
    keys |= {ORDER: picture.order_id} if picture.order_id else {}
    for fact in kind.facts:
        table, dot, column = fact.name.partition(".")
        if fact.origin is Origin.COMPUTED and table == TELLING:
            facts[fact.name] = picture.told.get(column)
        elif fact.origin is Origin.COMPUTED and dot:
            state = picture.state(table, keys.get(table))
            facts[fact.name] = None if state is None else state.get(column)
    return facts


def add_up(
    events: Iterable[Happened], kinds: Mapping[str, EventKind], *, order_id: str | None, start: States | None = None
) -> dict[tuple[str, str], State]:
    """The present state of every row the events speak of."""
    picture = Picture(order_id, {place: dict(state) for place, state in (start or {}).items()})
    for _, picture in walk(events, kinds, order_id=order_id, start=start):  # noqa: B007 - the last one stays
        pass
    return picture.states
