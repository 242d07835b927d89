"""How claims are worded, read once from ``app/text/data/claims.yaml``, and the RE2 patterns made of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import re2

from app.text.normalise import fold
from app.text.shipped import read_shipped

FILE = Path(__file__).resolve().parent.parent / "data" / "claims.yaml"
MEMORY = 64 << 20
_PART = re.compile(r"<([a-z_]+)>")
_HAN = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of claim: patterns of which any may stand there, and what in a match excuses it."""

    title: str
    patterns: tuple[str, ...]
    unless: str | None = None


@cache
def wording() -> Mapping[str, Any]:
    """The file, with every ``<part>`` put in."""
    written = read_shipped(FILE)
    parts: dict[str, str] = {}
    for name, text in written["parts"].items():
        parts[name] = _filled(text, parts)
    found: Mapping[str, Any] = _whole(written, parts)
    return found


def _whole(value: Any, parts: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return _filled(value, parts)
    if isinstance(value, list):
        return tuple(_whole(each, parts) for each in value)
    return {name: _whole(each, parts) for name, each in value.items()}


def _filled(text: str, parts: Mapping[str, str]) -> str:
    """The text with parts put in; ``<`` alone, as a ground begins with, stays."""
    return _PART.sub(lambda found: parts[found.group(1)], text)


class _WhenNeeded:
    """A pattern that is compiled when it is first asked: for its first texts a process asks some dozens of them all."""

    def __init__(self, text: str, *, captures: bool) -> None:
        self._text, self._captures = text, captures

    def __getattr__(self, name: str) -> Any:
        """A method of the compiled pattern, which stands here from then on."""
        asked = self.__dict__[name] = getattr(self._compiled, name)
        return asked

    @cached_property
    def _compiled(self) -> Any:
        options = re2.Options()
        options.never_capture = not self._captures
        options.max_mem = MEMORY
        return re2.compile(as_folded(self._text), options)


def pattern(text: str, *, captures: bool = False) -> Any:
    """An RE2 pattern; without captures, which searching by states alone does not need: ten times faster."""
    return _WhenNeeded(text, captures=captures)


def as_folded(text: str) -> str:
    """The pattern with its Chinese letters as folded texts have them, where 么 is 幺 and 著 is 着."""
    return text.translate(_FOLDED)


class _Folded(dict[int, str]):
    """What each character of a pattern is there; only Chinese letters are folded, each to one."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        self[code] = folded = fold(char).text if _HAN.match(char) else char
        return folded


_FOLDED = _Folded()
