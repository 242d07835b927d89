"""The scripted part of a month, read from a YAML file: one entry is one thing that happens, on one day or on many.

``day`` is a number, ``daily`` or ``{every: 3}`` (with ``from`` and ``to``); ``hour`` counts in China; ``repeat`` and
``minutes`` make several of it. An entry is an event (``kind``, ``subject``, ``data``), a text (``screen`` with its
``category``, ``facts`` and ``content_id``), speech in a room (``said``) or what a person consents to (``consent`` to a
purpose, with ``data``; without it the consent is withdrawn). ``shop`` has an event told for another shop. ``{n}`` and
``{day}`` stand for numbers; ``@+3d`` and ``@-2h`` for an instant so far from its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

_FOLDER = Path(__file__).resolve().parent
_INSTANT = re.compile(r"@(?:([+-]\d+(?:\.\d+)?)([dhm]))?")
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}
_NUMBERS = re.compile(r"\{(n|day)\}")


@dataclass(frozen=True, slots=True)
class Scene:
    """One thing that happens at an instant: what the entry says, with its numbers and instants filled in."""

    at: datetime
    name: str
    entry: Mapping[str, Any]


def read_script(shop: str) -> list[dict[str, Any]]:
    """The entries of a shop's script."""
    read = yaml.load((_FOLDER / f"{shop}.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader)
    return [_with_names(entry) for entry in read]


def scenes(entries: list[dict[str, Any]], *, start: datetime, days: int) -> Iterator[Scene]:
    """Everything the entries make happen in the first ``days`` days from ``start``, in the order of the file."""
    for number, entry in enumerate(entries):
        for day in _days(entry, days):
            for n in range(entry.get("first", 0), entry.get("first", 0) + entry.get("repeat", 1)):
                late = (n - entry.get("first", 0)) * entry.get("minutes", 0)
                at = start + timedelta(days=day, hours=entry["hour"], minutes=late)
                filled = _filled(entry, {"n": str(n), "day": str(day)}, at)
                yield Scene(at, f"{number}-{day}-{n}", filled)


def _days(entry: Mapping[str, Any], days: int) -> range:
    told = entry["day"]
    if isinstance(told, int):
        return range(told, min(told + 1, days))
    every = 1 if told == "daily" else told["every"]
    return range(entry.get("from", 0), min(days, entry.get("to", days - 1) + 1), every)


def _filled(value: Any, numbers: Mapping[str, str], at: datetime) -> Any:
    if isinstance(value, Mapping):
        return {name: _filled(each, numbers, at) for name, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, numbers, at) for each in value]
    if not isinstance(value, str):
        return value
    if (found := _INSTANT.fullmatch(value)) is not None:
        count, unit = found.groups()
        return (at + timedelta(**{_UNITS[unit]: float(count)}) if count else at).isoformat()
    return _NUMBERS.sub(lambda found: numbers[found[1]], value)


def _with_names(entry: dict[Any, Any]) -> dict[str, Any]:
    """YAML 1.1 reads the key ``on`` as a yes; a boost's factor is called that."""
    return {"on" if name is True else str(name): _named(value) for name, value in entry.items()}


def _named(value: Any) -> Any:
    if isinstance(value, dict):
        return _with_names(value)
    return [_named(each) for each in value] if isinstance(value, list) else value
