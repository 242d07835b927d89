"""Finds the event kinds by itself and checks what a caller claims about one.

The folder ``app/events/kinds`` is the registration: every module there has one ``KIND``. A caller's facts are refused
on an unknown name or a wrong type (strictly: ``true`` is no number), because a misspelt fact would otherwise look like
an absent one, and absent facts send work to people.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from datetime import datetime
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from types import MappingProxyType

from app.errors import Problem
from app.events import kinds as kinds_package
from app.events.flat import flat_facts
from app.values.facts import EventKind, Fact, FactType, Origin, Presence
from app.values.given_instants import is_within

_LARGEST = 2**63 - 1
_MOST = MappingProxyType(
    {"fen": 10**13, "count": 10**9, "bp": 10**9, "hours": 10**6, "days": 10**5, "seconds": 10**10, "years": 10**3}
)
"""So large a number may be told of each unit, on either side of 0: of money no more than the fund's ledger books."""
_PIECES_MAX, _USUAL_MAX = 10**6, 10**12
_BALANCES = frozenset({"balance_fen", "available_fen"})
"""Sums that may be below 0; no price, payment or refund is."""
_SPANS = frozenset({"hours", "days", "seconds", "years"})
"""Units of spans of time and ages, which are never below 0."""
_FROM_ONE = frozenset({"promise_hours"})
"""A promise of no time is none: systems write 0 where nothing was promised, and every such order would be late."""
_EXPECTED = {
    FactType.BOOL: "true or false",
    FactType.INT: "a whole number of at most 64 bits",
    FactType.TEXT: "text",
    FactType.INSTANT: "an instant with an offset, of a year from 1900 to 8999",
    FactType.TEXT_LIST: "a list of texts",
    FactType.RECORD_LIST: "a list of records",
}


@cache
def load_kinds() -> Mapping[str, EventKind]:
    """Every event kind by name, sorted; raises TypeError or ValueError when a module breaks the folder's promise."""
    found: dict[str, EventKind] = {}
    for module in sorted(pkgutil.iter_modules(kinds_package.__path__), key=lambda entry: entry.name):
        kind = getattr(import_module(f"{kinds_package.__name__}.{module.name}"), "KIND", None)
        if not isinstance(kind, EventKind):
            raise TypeError(f"app/events/kinds/{module.name}.py has no KIND of type EventKind")
        if kind.name in found:
            raise ValueError(f"two modules declare the event kind {kind.name}")
        found[kind.name] = kind
    return MappingProxyType(dict(sorted(found.items())))


def check_sent_facts(kind: EventKind, sent: Mapping[str, object], *, is_ours: bool = False) -> list[Problem]:
    """What is wrong with the facts a caller sent: one problem a fact, in the order sent; empty when all is well.

    Facts of origin ``platform`` may be sent too (a shop may have asked the platform itself); ``computed`` ones are
    ours alone. ``null`` is allowed wherever absence is. Instants are ``datetime`` with an offset. Dotted facts may come
    nested: ``{"citation": {"source": …}}``. With ``is_ours`` computed facts may stand among them.
    """
    problems = (_problem(kind, name, value, is_ours=is_ours) for name, value in flat_facts(sent).items())
    return [problem for problem in problems if problem is not None]


def _problem(kind: EventKind, name: str, value: object, *, is_ours: bool) -> Problem | None:
    fact = kind.fact(name)
    if fact is None:
        sendable = [fact.name for fact in kind.facts if is_ours or fact.origin is not Origin.COMPUTED]
        near = get_close_matches(name, sendable, n=1)
        return Problem(
            name, f"unknown fact {name!r} of {kind.name}", f"{near[0]!r}, did you mean that?" if near else ""
        )
    if fact.origin is Origin.COMPUTED and not is_ours:
        return Problem(name, "is worked out by the service and cannot be sent", "to be left out")
    if value is None:
        return Problem(name, "must not be null", _EXPECTED[fact.type]) if fact.presence is Presence.REQUIRED else None
    if not _fits(fact, value):
        return _unfit_item(fact, value) or _wrong_type(name, fact.type, value)
    if fact.choices and fact.type is FactType.TEXT and value not in fact.choices:
        return Problem(name, f"has the unknown value {value!r:.60}", ", ".join(fact.choices))
    return None if fact.origin is Origin.COMPUTED else _too_large(fact, value)


def _fits(fact: Fact, value: object) -> bool:
    match fact.type:
        case FactType.BOOL:
            return isinstance(value, bool)
        case FactType.INT:
            return isinstance(value, int) and not isinstance(value, bool) and -_LARGEST <= value <= _LARGEST
        case FactType.TEXT:
            return isinstance(value, str)
        case FactType.INSTANT:
            return isinstance(value, datetime) and value.utcoffset() is not None and is_within(value)
        case FactType.TEXT_LIST:
            return isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)
        case FactType.RECORD_LIST:
            return isinstance(value, list | tuple) and all(_is_record(fact, item) for item in value)


def _too_large(fact: Fact, value: object) -> Problem | None:
    """What is wrong with a number, or one inside a record, that nothing real is so large as."""
    if fact.type is FactType.INT and isinstance(value, int):
        most = _MOST.get(fact.unit or "", _USUAL_MAX)
        least = _least(fact, most)
        return None if least <= value <= most else _beyond(fact.name, value, least, most)
    records = value if fact.type is FactType.RECORD_LIST and isinstance(value, list | tuple) else ()
    for number, record in enumerate(records):
        for name, member in record.items():
            most = _member_most(name)
            least = 0 if name.endswith("_fen") else -most
            if fact.items[name] is FactType.INT and isinstance(member, int) and not least <= member <= most:
                return _beyond(f"{fact.name}.{number}.{name}", member, least, most)
    return None


def _least(fact: Fact, most: int) -> int:
    if fact.name in _FROM_ONE:
        return 1
    is_sum = fact.unit == "fen" and fact.name not in _BALANCES
    return 0 if is_sum or fact.unit in _SPANS else -most


def _beyond(name: str, value: int, least: int, most: int) -> Problem:
    return Problem(name, f"is {value}", f"a whole number from {least} to {most}")


def _member_most(name: str) -> int:
    """A record's members have no units; their names tell."""
    if name.endswith("_fen"):
        return _MOST["fen"]
    return _PIECES_MAX if name.endswith(("count", "quantity")) else _USUAL_MAX


def _unfit_item(fact: Fact, value: object) -> Problem | None:
    """The first item of a list that is not as declared, with its place; None where it is no list."""
    if not isinstance(value, list | tuple):
        return None
    for number, item in enumerate(value):
        place = f"{fact.name}.{number}"
        if fact.type is FactType.TEXT_LIST and not isinstance(item, str):
            return _wrong_type(place, FactType.TEXT, item)
        if fact.type is FactType.RECORD_LIST and not _is_record(fact, item):
            return _unfit_record(fact, place, item)
    return None


def _unfit_record(fact: Fact, place: str, item: object) -> Problem:
    if not isinstance(item, Mapping):
        return Problem(place, f"has the wrong type {type(item).__name__}", f"a record of {', '.join(fact.items)}")
    for name in item:
        if name not in fact.items:
            return Problem(f"{place}.{name}", "is unknown", f"a record of {', '.join(fact.items)}")
    for name, kind in fact.items.items():
        if name not in item:
            return Problem(f"{place}.{name}", "is missing", _EXPECTED[kind])
        if not _fits(Fact(name, kind), item[name]):
            return _wrong_type(f"{place}.{name}", kind, item[name])
    raise AssertionError("a record that fits was taken for one that does not")


def _wrong_type(place: str, kind: FactType, value: object) -> Problem:
    return Problem(place, f"has the wrong type {type(value).__name__}", _EXPECTED[kind])


def _is_record(fact: Fact, item: object) -> bool:
    return (
        isinstance(item, Mapping)
        and set(item) == set(fact.items)
        and all(_fits(Fact(name, kind), item[name]) for name, kind in fact.items.items())
    )
