"""The engine for every platform: pyahocorasick over UTF-8 bytes read as latin-1.

pyahocorasick walks a node's children one by one, and the root of a Chinese list has thousands. Stored byte by byte no
node has more than 256, which is four times faster; the price, counting characters again, is paid on matches only.
UTF-8 cannot match from the middle of a character, so the answers are the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import ahocorasick


class PyahocorasickEngine:
    """Finds listed words in folded text. Immutable once built, shared by threads."""

    name = "pyahocorasick"

    def __init__(self, patterns: Sequence[str]) -> None:
        self._automaton = ahocorasick.Automaton(ahocorasick.STORE_INTS)
        for number, pattern in enumerate(patterns):
            self._automaton.add_word(_as_bytes(pattern), number)
        if patterns:
            self._automaton.make_automaton()

    def matches(self, text: str) -> Iterable[tuple[int, int]]:
        """Pairs (end, number of the pattern), by end, longest first; empty and false when there are none."""
        if not self._automaton:
            return ()
        encoded = text.encode()
        found = self._automaton.iter(encoded.decode("latin-1"))
        first = next(found, None)
        return _in_characters(encoded, first, found) if first else ()


def _as_bytes(text: str) -> str:
    return text.encode().decode("latin-1")


def _in_characters(
    encoded: bytes, first: tuple[int, int], rest: Iterable[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    last = first[0] + 1
    characters = len(encoded[:last].decode())
    yield characters, first[1]
    for last_byte, number in rest:
        characters += len(encoded[last : last_byte + 1].decode())
        last = last_byte + 1
        yield characters, number
