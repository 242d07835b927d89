"""What a list's head and a word's line may both say: how far to look, in which letters, where and when."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from app.text.findings import Findings
from app.text.words import Depth, Edges, Names, Spell, Where

_NAME = re.compile(r"!?[^\W!][\w.-]{0,63}")
_COMMA = re.compile("[,，、]")
_E = TypeVar("_E", bound=StrEnum)


def read_look(values: Mapping[str, str], findings: Findings) -> dict[str, Any]:
    """`match`, `edges` and `spell`, as far as they are given."""
    return {key: _LOOK[key](values[key], findings) for key in LOOK_KEYS if key in values}


def read_where(values: Mapping[str, str], findings: Findings, *, lines: Mapping[str, int] | None = None) -> Where:
    """Kinds, shops, their categories and the period; everything that is not given is everywhere and always.

    `lines` are the keys' own lines, where each stands in one.
    """
    found: dict[str, Any] = {}
    for key, (name, read) in _WHERE.items():
        if key in values:
            findings.line = (lines or {}).get(key, findings.line)
            found[name] = read(values[key], findings)
    first, last = found.get("first_day"), found.get("last_day")
    if first and last and last < first:
        findings.wrong("valid_to lies before valid_from", "a period")
    return Where(**found)


def _one_of(kind: type[_E], what: str) -> Callable[[str, Findings], _E | None]:
    def read(value: str, findings: Findings) -> _E | None:
        if value in list(kind):
            return kind(value)
        findings.unknown(what, value, list(kind))
        return None

    return read


def _spell(value: str, findings: Findings) -> frozenset[Spell]:
    names = [name.strip() for name in _COMMA.split(value)]
    for name in names:
        if name not in list(Spell):
            findings.unknown("spell", name, list(Spell))
    found = frozenset(Spell(name) for name in names if name in list(Spell))
    if Spell.NONE in found and len(found) > 1:
        findings.wrong("spell is none and something else", "none alone, or pinyin, initials")
    return found - {Spell.NONE}


_LOOK: Mapping[str, Callable[[str, Findings], object]] = {
    "match": _one_of(Depth, "match"),
    "edges": _one_of(Edges, "edges"),
    "spell": _spell,
}


def _names(value: str, findings: Findings) -> Names:
    names = [name.strip() for name in _COMMA.split(value)]
    for name in names:
        if not _NAME.fullmatch(name):
            findings.wrong(f"cannot read the name {name!r}", "names separated by commas; !name leaves one out")
    return Names(
        frozenset(name for name in names if not name.startswith("!")),
        frozenset(name[1:] for name in names if name.startswith("!")),
    )


def _day(value: str, findings: Findings) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        findings.wrong(f"{value!r} is not a day", "YYYY-MM-DD")
        return None


LOOK_KEYS = tuple(_LOOK)
_WHERE: Mapping[str, tuple[str, Callable[[str, Findings], object]]] = {
    "kinds": ("kinds", _names),
    "shop_categories": ("shop_categories", _names),
    "shops": ("shops", _names),
    "valid_from": ("first_day", _day),
    "valid_to": ("last_day", _day),
}
WHERE_KEYS = tuple(_WHERE)
