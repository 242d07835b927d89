"""What generated code calls at run time: facts are read strictly, and a wrong one counts as absent and is told.

A caller's mistake must neither raise inside an evaluation nor pass for a value, so every reader gives either a value of
the declared type or None, and writes the fact's name into ``wrong``. Instants become whole microseconds since 1970.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from app.values.facts import FactType

if TYPE_CHECKING:
    import re2

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_CHINA_OFFSET = timedelta(hours=8) // _MICROSECOND
_DAY = timedelta(days=1) // _MICROSECOND

Items = list[object] | tuple[object, ...]
Members = tuple[tuple[str, FactType], ...]


def microseconds(at: datetime) -> int:
    """An instant with an offset as microseconds since 1970; raises TypeError without one."""
    return (at - _EPOCH) // _MICROSECOND


def china_day(at: int) -> date:
    """The calendar day in China of an instant in microseconds."""
    return date.fromordinal(_EPOCH.toordinal() + (at + _CHINA_OFFSET) // _DAY)


def instant(value: object, name: str, wrong: list[str]) -> int | None:
    """An instant fact."""
    if isinstance(value, datetime) and value.utcoffset() is not None:
        return microseconds(value)
    wrong.append(name)
    return None


def text(value: object, name: str, wrong: list[str]) -> str | None:
    """A text fact that is not exactly ``str``: an enumeration's member is taken by its value."""
    if isinstance(value, str):
        return str.__str__(value)
    wrong.append(name)
    return None


def texts(value: object, name: str, wrong: list[str]) -> Items | None:
    """A list of texts."""
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return value
    wrong.append(name)
    return None


def records(value: object, name: str, members: Members, wrong: list[str]) -> Items | None:
    """A list of records, held to the members that some rule looks at."""
    if not isinstance(value, list | tuple):
        wrong.append(name)
        return None
    if not value:
        return value
    read = [_record(item, members) for item in value]
    if any(item is None for item in read):
        wrong.append(name)
        return None
    return list(read)


def _record(item: object, members: Members) -> Mapping[str, object] | None:
    if not isinstance(item, Mapping):
        return None
    read = {}
    for member, kind in members:
        value = item.get(member)
        if kind is FactType.INSTANT and isinstance(value, datetime) and value.utcoffset() is not None:
            value = microseconds(value)
        elif not _is(value, kind):
            return None
        read[member] = value
    return read


def _is(value: object, kind: FactType) -> bool:
    if kind is FactType.BOOL:
        return isinstance(value, bool)
    if kind is FactType.INT:
        return isinstance(value, int) and not isinstance(value, bool)
    return kind is FactType.TEXT and isinstance(value, str)


def found(pattern: re2._Regexp[Any], value: str) -> bool:
    """Whether the pattern occurs in the text; a lone surrogate counts as a question mark, RE2 knows only UTF-8.

    Searched as bytes, because of a ``str`` the library would count characters that nobody asks for.
    """
    return pattern.search(value.encode("utf-8", "replace")) is not None
