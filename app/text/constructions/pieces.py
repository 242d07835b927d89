"""Finds the pieces that alternatives of patterns need: one find a place, with the bits of all that ends there.

Built on either engine of the matcher, and asked of every text, so what is nested is joined beforehand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Protocol

from app.text.engine_daachorse import IS_AVAILABLE, DaachorseEngine, build_daachorse
from app.text.engine_pyahocorasick import PyahocorasickEngine


class PieceFinder(Protocol):
    """Finds pieces in a folded text."""

    def found(self, text: str) -> Iterable[tuple[int, int]]:
        """Where pieces end, ascending, with their bits; an end may come several times."""
        ...


class _ByLongest:
    """The longest piece at each end, whose bits hold those of all that it ends with."""

    def __init__(self, engine: DaachorseEngine, bits: Sequence[int]) -> None:
        self._find = engine.automaton.find_overlapping_no_suffix
        self._bits = [
            reduce(or_, (bits[shorter] for shorter in engine.suffixes.of(number)), own)
            for number, own in enumerate(bits)
        ]

    def found(self, text: str) -> Iterable[tuple[int, int]]:
        bits = self._bits
        return [(end, bits[number]) for _, end, number in self._find(text)]


class _Each:
    """Every piece by itself."""

    def __init__(self, engine: PyahocorasickEngine, bits: Sequence[int]) -> None:
        self._engine, self._bits = engine, bits

    def found(self, text: str) -> Iterable[tuple[int, int]]:
        return ((end, self._bits[number]) for end, number in self._engine.matches(text))


def pieces_findable(bits: Mapping[str, int]) -> PieceFinder:
    """The finder of these pieces, each with its bits."""
    if IS_AVAILABLE:
        return _ByLongest(build_daachorse(list(bits)), list(bits.values()))
    return _Each(PyahocorasickEngine(list(bits)), list(bits.values()))
