"""Small ways in which an event changes the columns of a row; shared by the kinds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.values.facts import Fact, FactType, Happened, Origin, Presence, State, Update


def copies(table: str, key: str, *names: str, **renamed: str) -> Update:
    """An update that copies facts to columns of the same name, or of the name given; what is absent changes nothing."""
    columns = {name: name for name in names} | renamed

    def apply(state: State, event: Happened) -> None:
        put(state, {column: event.facts.get(fact) for column, fact in columns.items()})

    return Update(table, key, apply)


def changes(table: str, key: str) -> Callable[[Callable[[State, Happened], None]], Update]:
    """Makes an update of a function."""
    return lambda apply: Update(table, key, apply)


def touches(key: str = "order_id") -> Update:
    """An update that only makes sure the order's row is there."""
    return Update("order", key, lambda _state, _event: None)


def put(state: State, values: Mapping[str, Any]) -> None:
    """Set columns to values that are not None."""
    state.update({name: value for name, value in values.items() if value is not None})


def first(state: State, name: str, value: Any) -> None:
    """Set a column once: the earliest happening counts."""
    if value is not None and state.get(name) is None:
        state[name] = value


def noted(state: State, name: str, key: str, value: Any) -> dict[str, Any]:
    """Note one entry of a column that is a mapping, and return the whole mapping. The same entry twice is one."""
    state[name] = {**(state.get(name) or {}), key: value}
    return dict(state[name])


def looks(table: str, presence: Presence = Presence.NULLABLE, /, **columns: tuple[FactType, str]) -> tuple[Fact, ...]:
    """Facts of a row as rules see them: ``order.paid_at`` and so on."""
    return tuple(
        Fact(f"{table}.{name}", kind, presence, Origin.COMPUTED, unit=_unit(name, kind), doc=doc)
        for name, (kind, doc) in columns.items()
    )


def _unit(name: str, kind: FactType) -> str | None:
    if kind is not FactType.INT:
        return None
    last = name.rpartition("_")[2]
    return last if last in {"fen", "bp", "count", "seconds", "hours", "days"} else None
