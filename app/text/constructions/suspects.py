"""Where in folded texts two characters may hide a word of constructions, told before anything is guessed.

Of every character is known which may follow it in a disguise. All pairs of a text are asked about at once in a table in
which several share a place, and only what it names is looked up.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from itertools import filterfalse, pairwise

import numpy as np
from numpy.typing import NDArray

from app.text.constructions.couples import alike, couples, is_word
from app.text.kept import given

_FAR = re.compile("[\U00010000-\U0010ffff]")
_PAIR = np.dtype("<u4")
_FIRST = np.uint32(0xFFFF)
KEPT = "suspects"
_BITS = 23
"""The table has eight million places."""
_SPREAD = np.uint32(0x9E3779B1)
"""Any odd number of large and small digits: multiplied by it pairs spread evenly over the table."""
_SHIFT = np.uint32(32 - _BITS)


def suspects(text: str) -> list[int]:
    """Where two characters may be another pair than is written, in ascending order."""
    sent = text.encode("utf-16-le", "surrogatepass")
    length = len(text)
    if len(sent) != 2 * length:  # characters outside the basic plane take two units: they are no suspects
        sent = _FAR.sub("\uffff", text).encode("utf-16-le", "surrogatepass")
    evens = length // 2
    # Every pair as one number: those that begin at even places, and behind them those at odd ones.
    pairs = np.frombuffer(sent[: 4 * evens] + sent[2 : 2 + (length - 1) // 2 * 4], _PAIR)
    named: list[int] = _table().take(pairs * _SPREAD >> _SHIFT).nonzero()[0].tolist()
    follow, found = _followers(), []
    for number in named:
        at = 2 * number if number < evens else 2 * (number - evens) + 1
        if text[at + 1] in follow.get(text[at], ""):
            found.append(at)
    found.sort()
    return found


@cache
def _followers() -> Mapping[str, str]:
    """By the first of two characters all that may hide something behind it."""
    pairs, text = _hiding(), str(_hiding().data, "utf-16-le")
    firsts = pairs & _FIRST
    starts = [0, *((firsts[1:] != firsts[:-1]).nonzero()[0] + 1).tolist(), len(pairs)]
    return {text[2 * start]: text[2 * start + 1 : 2 * end : 2] for start, end in pairwise(starts)}


@cache
def _table() -> NDArray[np.bool_]:
    table = np.zeros(1 << _BITS, np.bool_)
    table[_hiding() * _SPREAD >> _SHIFT] = True
    return table


def kept() -> bytes:
    """All pairs as bytes."""
    return _hiding().tobytes()


@cache
def _hiding() -> NDArray[np.uint32]:
    """All pairs that may hide something, each as one number, those with the same first character in a row."""
    if (written := given(KEPT)) is not None:
        return np.frombuffer(written, _PAIR)
    known = couples()
    behind: dict[str, set[str]] = {one: set().union(*map(alike, others)) for one, others in known.after.items()}
    for other, ones in known.before.items():
        for char in frozenset[str]().union(*map(alike, ones)):
            behind.setdefault(char, set()).add(other)
        behind.setdefault(other, set()).update(ones)
    pairs_of = ((one, map(one.__add__, sorted(others))) for one, others in sorted(behind.items()))
    hiding = {one: "".join(filterfalse(is_word, pairs)) for one, pairs in pairs_of}
    for two in known.parts:
        hiding[two[0]] = hiding.get(two[0], "") + two
    pairs = "".join(hiding.values())
    sent = pairs.encode("utf-16-le")
    assert len(sent) == 2 * len(pairs), "all are of the basic plane"
    return np.frombuffer(sent, _PAIR)
