"""A text as the set of its short runs of characters, hashed into a fixed number of places.

Chinese hides words in other spellings faster than a dictionary grows, so no words are cut: runs of one to three
characters carry what words do. Digits all count as the same one, because a price is nobody's habit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BITS = 18
RUNS = (1, 2, 3)
LONGEST = 20_000
_MASK = np.uint32(2**BITS - 1)
_ZERO, _NINE = 48, 57

Places = NDArray[np.intp]


def places_of(text: str) -> Places:
    """The distinct places of a text's runs, sorted; none for an empty text."""
    found = [hashed for length in RUNS if (hashed := runs_of(text, length)).size]
    return np.unique(np.concatenate(found)).astype(np.intp) if found else np.empty(0, np.intp)


def runs_of(text: str, length: int) -> NDArray[np.uint32]:
    """The place of each run of ``length`` characters, by where it starts."""
    letters = np.frombuffer(text[:LONGEST].encode("utf-32-le", "surrogatepass"), np.uint32)
    letters = np.where((letters >= _ZERO) & (letters <= _NINE), np.uint32(_ZERO), letters)
    count = len(letters) - length + 1
    if count <= 0:
        return np.empty(0, np.uint32)
    mixed = np.full(count, 0x811C9DC5 ^ length, np.uint32)
    for at in range(length):
        mixed = (mixed ^ letters[at : at + count]) * np.uint32(0x01000193)
        mixed ^= mixed >> np.uint32(15)
    mixed *= np.uint32(0x85EBCA6B)
    mixed ^= mixed >> np.uint32(13)
    return mixed & _MASK
