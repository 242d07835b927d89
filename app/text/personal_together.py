"""Tells in which of many short texts personal data may stand, by where their characters stand.

What `find_personal_data` asks of a text by itself is asked here of all of them joined, in a few steps over arrays: six
digits and a seventh or a letter with nothing between that ends a number, an at sign, a penguin, two characters of a
chat id, a name of one with its sign, a plate or a building. Each step asks a little less, so that no text is left out
in which anything is found.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from app.text.personal_data import BUILDINGS, CHATS, HOMES, LIKE_DIGITS, NAMED, NO_LETTER, PENGUIN, PLATES

_BETWEEN = "\n"
"""Ends every number, and is in no class that is looked for."""
_CODE_POINT = np.dtype("<u4")
_CODE_POINTS = 0x20000
"""None of the classes has a character beyond."""
_DIGITS = 6
_LETTERED = 7
"""At most so far behind the first character of a mobile number with letters stands its seventh."""
CLASSES = (
    LIKE_DIGITS,
    "a-zA-Z\n一-鿿",
    f"@＠{PENGUIN}",
    *CHATS,
    *PLATES,
    *BUILDINGS,
    HOMES,
    "1lL",
    "3-9",
    "0-9oOlLIi",
    NO_LETTER,
    *NAMED,
)
(
    _DIGIT,
    _ENDS,
    _MARKS,
    _CHAT,
    _CHATS,
    _PLATE,
    _PLATES,
    _BUILDING,
    _BUILDINGS,
    _HOME,
    _ONE,
    _SECOND,
    _LIKE,
    _NO_LETTER,
    _NAME,
    _SIGN,
) = (1 << number for number in range(len(CLASSES)))
_Places = NDArray[np.intp]


def may_hold_personal_data(texts: Sequence[str]) -> list[int]:
    """Numbers of the texts in which `find_personal_data` may find something, ascending; in the others it does not."""
    codes = np.frombuffer(_BETWEEN.join((*texts, "")).encode("utf-32-le", "surrogatepass"), _CODE_POINT)
    seen = _classes().take(codes, mode="clip")
    ends = np.fromiter(accumulate(len(text) + 1 for text in texts), np.intp, len(texts))

    def of(places: _Places) -> _Places:
        return np.searchsorted(ends, places, side="right")

    marks = (seen & _MARKS).nonzero()[0]
    chats = np.concatenate([_behind(seen, _CHAT, _CHATS, step) for step in (1, 2)])
    named = np.concatenate([_behind(seen, _NAME, _SIGN, step) for step in (1, 2, 3)])
    sure = of(np.concatenate([_runs(seen), marks, chats, named, _behind(seen, _PLATE, _PLATES, 1), _lettered(seen)]))
    homes = np.intersect1d(of(_behind(seen, _BUILDING, _BUILDINGS, 1)), of((seen & _HOME).nonzero()[0]))
    found: list[int] = np.union1d(sure, homes).tolist()
    return found


def _behind(seen: NDArray[np.uint16], first: int, other: int, step: int) -> _Places:
    """Where a character of one class stands so many places before one of another."""
    places: _Places = (seen[:-step] & first).nonzero()[0]
    there: _Places = places[(seen.take(places + step) & other) != 0]
    return there


def _runs(seen: NDArray[np.uint16]) -> _Places:
    """Where a sixth digit stands, and a seventh or a letter behind it, without anything between that ends a number."""
    places: _Places = (seen & _DIGIT).nonzero()[0]
    ended = np.cumsum((seen & (_DIGIT | _ENDS)) == _ENDS, dtype=np.int32).take(places)
    last = _DIGITS - 1
    sixth = last + (ended[last:] == ended[:-last]).nonzero()[0]
    is_alone = np.append(ended[1:] != ended[:-1], True).take(sixth)
    there = places.take(sixth)
    asked: _Places = there[~is_alone | ((seen.take(there + 1) & _NO_LETTER) == 0)]
    return asked


def _lettered(seen: NDArray[np.uint16]) -> _Places:
    """Where a mobile number may begin in which letters stand for digits."""
    places = _behind(seen, _ONE, _SECOND, 1)
    seen = np.append(seen, np.zeros(_LETTERED + 1, seen.dtype))
    like = [(seen.take(places + step) & _LIKE) != 0 for step in range(2, _LETTERED + 1)]
    is_apart = (seen.take(places + 3) & _ENDS) == 0
    there: _Places = places[like[0] & np.all(like[2:-1], axis=0) & (like[1] | (is_apart & like[-1]))]
    return there


@cache
def _classes() -> NDArray[np.uint16]:
    """By code point a bit for each class that it is of."""
    every = "".join(re.findall(f"[{''.join(CLASSES)}]+", "".join(map(chr, range(_CODE_POINTS)))))
    classes = np.zeros(_CODE_POINTS, np.uint16)
    for number, each in enumerate(CLASSES):
        classes[list(map(ord, re.findall(f"[{each}]", every)))] |= 1 << number
    return classes
