"""Finds the pieces that alternatives of patterns need: one find a place, with the bits of all that ends there.

Built on either engine of the matcher, and asked of every text, so what is nested is joined beforehand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from types import BuiltinMethodType
from typing import Any, NamedTuple, cast

import orjson

from app.text.engine_daachorse import IS_AVAILABLE, DaachorseEngine, build_daachorse, packed_automaton
from app.text.engine_pyahocorasick import PyahocorasickEngine
from app.text.lookup import Engine


class PieceFinder(NamedTuple):
    """``find`` gives where pieces begin and end in a folded text, by their ends; ``bits`` are those of each number."""

    find: Callable[[str], Iterable[tuple[int, int, int]]]
    bits: Sequence[int]


def engine_of(words: Sequence[str]) -> Engine:
    """The faster engine that is here."""
    return build_daachorse(words) if IS_AVAILABLE else PyahocorasickEngine(words)


def pieces_findable(bits: Mapping[str, int]) -> PieceFinder:
    """The finder of these pieces, each with its bits."""
    pieces, own = list(bits), list(bits.values())
    return by_longest(build_daachorse(pieces), own) if IS_AVAILABLE else by_each(PyahocorasickEngine(pieces), own)


def by_longest(engine: DaachorseEngine, bits: Sequence[int]) -> PieceFinder:
    """The longest piece at each end, whose bits hold those of all that it ends with."""
    starts, shorter, whole = engine.suffixes.starts, engine.suffixes.values, list(bits)
    for number, (first, last) in enumerate(pairwise(starts)):
        for each in shorter[first:last] if first < last else ():
            whole[number] |= bits[each]
    return PieceFinder(engine.automaton.find_overlapping_no_suffix, whole)


def written_down(finder: PieceFinder) -> bytes:
    """A finder of the faster engine as bytes: its automaton, and of each number the bits, of which there are few."""
    automaton: Any = cast("BuiltinMethodType", finder.find).__self__
    known = {bits: number for number, bits in enumerate(dict.fromkeys(finder.bits))}
    width = max(map(int.bit_length, known)) // 8 + 1
    head = orjson.dumps([width, len(known), [known[bits] for bits in finder.bits]])
    every = (bits.to_bytes(width, "little") for bits in known)
    return b"".join((len(head).to_bytes(4, "little"), head, *every, automaton.serialize()))


def read_back(written: bytes) -> PieceFinder:
    """The finder that was written down."""
    ends = 4 + int.from_bytes(written[:4], "little")
    width, count, numbers = orjson.loads(written[4:ends])
    begins = ends + width * count
    every = [int.from_bytes(written[at : at + width], "little") for at in range(ends, begins, width)]
    automaton = packed_automaton(written[begins:])
    return PieceFinder(automaton.find_overlapping_no_suffix, [every[number] for number in numbers])


def by_each(engine: PyahocorasickEngine, bits: Sequence[int]) -> PieceFinder:
    """Every piece by itself; where it begins is not told."""
    return PieceFinder(lambda text: ((-1, end, number) for end, number in engine.matches(text)), bits)
