"""Tells where in a long text no word can begin, for less than an automaton takes to walk through it.

An automaton of half a million states lives in no cache, and nearly every character of an ordinary text costs it a miss.
Here the first three characters of every pattern are hashed into a table that does fit; the text's own threes are looked
up in it all at once, and what is left, one place in some hundreds, is given to the automaton.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

SHORTEST = 2_000
"""Characters of a text below which walking through it costs less."""
_HEAD = 3
_FEWEST = 20_000
"""Patterns below which the automaton itself is small enough."""
_BYTES_EACH = 16
_MOST_BYTES = 1 << 21
_BITS = 32
_FACTORS = tuple(
    np.array(factors, np.uint32)
    for factors in ((0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D), (0x27D4EB2F, 0x165667B1, 0xD3A2646D))
)
_CODE_POINT = np.dtype("<u4")


class Sieve(NamedTuple):
    """Two tables, each with a hash of its own: `coarse` has a byte a hash, `fine`, which is asked less, a bit."""

    coarse: NDArray[np.uint8]
    fine: NDArray[np.uint8]

    def places(self, text: str) -> list[int]:
        """Where a pattern may begin, ascending; it begins nowhere else."""
        codes = np.frombuffer(text.encode("utf-32-le"), _CODE_POINT)
        one, two, three = codes[:-2], codes[1:-1], codes[2:]
        hashed = _hashed(one, two, three, factors=_FACTORS[0], size=len(self.coarse))
        found = self.coarse.take(hashed, mode="clip").nonzero()[0]
        again = _hashed(
            one.take(found), two.take(found), three.take(found), factors=_FACTORS[1], size=8 * len(self.fine)
        )
        seen = self.fine.take(again >> 3, mode="clip") >> (again & 7).astype(np.uint8) & 1
        kept: list[int] = found[seen.nonzero()[0]].tolist()
        return kept


def sieve_of(patterns: Sequence[str]) -> Sieve | None:
    """The sieve for the patterns; None where they are few, or one is too short to be told by its first characters."""
    if len(patterns) < _FEWEST or min(map(len, patterns)) < _HEAD:
        return None
    heads = "".join({pattern[:_HEAD] for pattern in patterns})
    one, two, three = np.frombuffer(heads.encode("utf-32-le"), _CODE_POINT).reshape(-1, _HEAD).T
    size = min(_MOST_BYTES, 1 << (_BYTES_EACH * len(patterns) - 1).bit_length())
    coarse = np.zeros(size, np.uint8)
    coarse[_hashed(one, two, three, factors=_FACTORS[0], size=size)] = 1
    bits = np.zeros(4 * size, np.uint8)
    bits[_hashed(one, two, three, factors=_FACTORS[1], size=len(bits))] = 1
    return Sieve(coarse, np.packbits(bits, bitorder="little"))


def _hashed(
    one: NDArray[np.uint32],
    two: NDArray[np.uint32],
    three: NDArray[np.uint32],
    *,
    factors: NDArray[np.uint32],
    size: int,
) -> NDArray[np.uint32]:
    """Of every three characters a number below `size`, a power of two: the upper bits, which mix best."""
    hashed: NDArray[np.uint32] = one * factors[0]
    hashed += two * factors[1]
    hashed += three * factors[2]
    hashed >>= np.uint32(_BITS + 1 - size.bit_length())
    return hashed
