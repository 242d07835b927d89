"""The facts of an event that never happened, as somebody writes them down to ask what would follow.

Here, and only here, facts the service works out itself may be given too: a question about hits needs no text that has
them. Those left out are empty, as in the examples of a rule pack.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from app.errors import Problem
from app.events.flat import flat_facts
from app.events.kind import check_sent_facts
from app.values.facts import EventKind, Fact, FactType, Origin, Presence

_EMPTY: Mapping[FactType, object] = {
    FactType.BOOL: False,
    FactType.INT: 0,
    FactType.TEXT: "",
    FactType.TEXT_LIST: (),
    FactType.RECORD_LIST: (),
}


def given_facts(kind: EventKind, given: Mapping[str, object]) -> tuple[dict[str, object], list[Problem]]:
    """The flat facts, and what is wrong with them; instants come as RFC 3339 texts with an offset."""
    read = {name: read_fact(kind.fact(name), value) for name, value in flat_facts(given).items()}
    problems = check_sent_facts(kind, read, is_ours=True)
    for fact in kind.facts:
        if fact.presence is Presence.REQUIRED and fact.name not in read:
            if fact.origin is Origin.COMPUTED and fact.type in _EMPTY:
                read[fact.name] = _EMPTY[fact.type]
            else:
                problems.append(Problem(fact.name, "is missing", f"a fact of every {kind.name}"))
    return read, problems


def read_fact(fact: Fact | None, value: object) -> object:
    """A value as JSON has it, read as the fact is declared; what cannot be is left for the check to refuse."""
    if fact is None:
        return value
    if fact.type is FactType.INSTANT:
        return _instant(value)
    if fact.type is FactType.RECORD_LIST and isinstance(value, list):
        at = {name for name, kind in fact.items.items() if kind is FactType.INSTANT}
        return [
            {name: _instant(each) if name in at else each for name, each in item.items()}
            if isinstance(item, Mapping)
            else item
            for item in value
        ]
    return value


def _instant(value: object) -> object:
    """An instant where the text is one, of whatever year: what was kept must be read. The check knows bounds."""
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            return value
    return value
