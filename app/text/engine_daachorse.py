"""The fast engine: daachorse's character-wise double array. Its wheels do not cover every platform; it may be absent.

Only the longest word at each end is asked of it, and the shorter ones that end there are looked up: 200 nested words on
20,000 equal letters would otherwise be a list of four million matches before the first can be looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from app.text.many import Many, many_of
from app.text.sieve import SHORTEST, Sieve, sieve_of

try:
    import daachorse
except ImportError:  # no wheel for this platform; the other engine keeps the same promise
    daachorse = None  # type: ignore[assignment]

IS_AVAILABLE = daachorse is not None
_BLOCK = 1 << 16
_SPARSE = 32
"""Where words may begin at more than one place in so many, walking through the text costs less."""


class DaachorseEngine:
    """Finds listed words in folded text. Immutable, shared by threads; matching releases the interpreter lock."""

    name = "daachorse"

    def __init__(self, automaton: Any, suffixes: Many, reach: int, sieve: Sieve | None) -> None:
        self.automaton, self.suffixes, self.reach, self.sieve = automaton, suffixes, reach, sieve

    def matches(self, text: str) -> Iterable[tuple[int, int]]:
        """Pairs (end, number of the pattern), by end, longest first; empty and false when there are none."""
        if self.sieve is not None and len(text) >= SHORTEST:
            places = self.sieve.places(text)
            if len(places) * _SPARSE <= len(text):
                return self._at_places(text, places)
        if len(text) > _BLOCK:
            return self._in_blocks(text)
        found = self.automaton.find_overlapping_no_suffix(text)
        return self._with_suffixes(found, after=0, base=0) if found else ()

    def _at_places(self, text: str, places: Sequence[int]) -> list[tuple[int, int]]:
        """What begins at the places."""
        find, longest = self.automaton.find_overlapping_no_suffix, self.reach + 1
        found = [
            (place + end, -end, number)
            for place in places
            for start, end, number in find(text[place : place + longest])
            if start == 0
        ]
        return [(end, number) for end, _, number in sorted(found)]

    def _in_blocks(self, text: str) -> Iterator[tuple[int, int]]:
        """Long texts in pieces, so that a capped scan never holds all matches of a hostile text."""
        for start in range(0, len(text), _BLOCK):
            base = max(0, start - self.reach)
            found = self.automaton.find_overlapping_no_suffix(text[base : start + _BLOCK])
            yield from self._with_suffixes(found, after=start, base=base)

    def _with_suffixes(
        self, found: Sequence[tuple[int, int, int]], *, after: int, base: int
    ) -> Iterator[tuple[int, int]]:
        starts, shorter = self.suffixes.starts, self.suffixes.values
        for _, end, number in found:
            if base + end > after:
                yield base + end, number
                first, last = starts[number], starts[number + 1]
                if first < last:
                    for each in shorter[first:last]:
                        yield base + end, each


def build_daachorse(patterns: Sequence[str]) -> DaachorseEngine:
    """The engine for distinct patterns, which it numbers in their order."""
    ids = {pattern: number for number, pattern in enumerate(patterns)}
    automaton = daachorse.CharwiseDoubleArrayAhoCorasick(list(patterns))
    reach = max(map(len, patterns), default=1) - 1
    return DaachorseEngine(automaton, many_of(_suffixes(ids), count=len(ids)), reach, sieve_of(patterns))


def packed_automaton(packed: bytes) -> Any:
    """The automaton whose `serialize` gave these bytes. They are not checked: give it only what was kept unchanged."""
    return daachorse.CharwiseDoubleArrayAhoCorasick.deserialize(packed)


def _suffixes(ids: Mapping[str, int]) -> dict[int, list[int]]:
    """Of each pattern those that it ends with."""
    return {
        number: suffixes
        for pattern, number in ids.items()
        if (suffixes := [ids[tail] for at in range(1, len(pattern)) if (tail := pattern[at:]) in ids])
    }
