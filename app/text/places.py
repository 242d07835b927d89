"""Where an RE2 pattern stands in a text that is also given in UTF-8.

RE2 searches UTF-8 and would turn a `str` into it for every question, and every place back; here that is done once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any


def places(pattern: Any, sent: bytes) -> Iterator[tuple[int, int]]:
    """The finds in a text in UTF-8, from left to right, as places in characters."""
    return in_characters((match.span() for match in pattern.finditer(sent)), sent)


def in_characters(spans: Iterable[tuple[int, int]], sent: bytes) -> Iterator[tuple[int, int]]:
    """Places in bytes, from left to right, none over another, as places in characters."""
    before, seen = 0, 0
    for first, last in spans:
        start = seen + len(sent[before:first].decode())
        before, seen = last, start + len(sent[first:last].decode())
        yield start, seen
