"""What must stand in a text for a pattern to match there: of these few letters one, whatever else.

A union of all patterns is slow to say no, because RE2 keeps every beginning of every pattern in each of its states. The
letters that no match can do without are found by one automaton in a tenth of the time, and most texts hold none.
Only what a pattern surely needs is told; a part that is not understood needs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import reduce
from itertools import product
from typing import NamedTuple

MOST = 800
"""So many spellings of a piece are told apart; a piece of more is looked for by its parts."""
_RARITY = (1.0, 0.02, 0.0008, 0.00004)
"""How often a given piece of so many letters stands in a text, about."""


class Part(NamedTuple):
    """Of a part of a pattern: all it can be, if that is few, and texts of which one stands in whatever it matches."""

    exact: frozenset[str] | None
    needed: frozenset[str] | None


ANYTHING = Part(None, None)
NOTHING = Part(frozenset({""}), None)


def needed(pattern: str) -> frozenset[str] | None:
    """Texts of which one stands in every match; ``None`` where nothing is known that every match holds."""
    part, rest = _either(pattern, 0)
    assert rest == len(pattern), pattern[rest:]
    return _of(part)


def _of(part: Part) -> frozenset[str] | None:
    return part.needed if part.exact is None or "" in part.exact else _rarer(part.exact, part.needed)


def _rarer(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    known = [each for each in (one, other) if each is not None]
    return min(known, key=_commonness, default=None)


def _commonness(texts: Iterable[str]) -> float:
    return sum(_RARITY[min(len(each), len(_RARITY) - 1)] for each in texts)


def _either(pattern: str, at: int) -> tuple[Part, int]:
    """Alternatives up to the end or a closing bracket."""
    branches, at = _branches(pattern, at)
    exacts = [each.exact for each in branches if each.exact is not None]
    exact = frozenset().union(*exacts) if len(exacts) == len(branches) else None
    needs = [known for each in branches if (known := _of(each)) is not None]
    return Part(exact, frozenset().union(*needs) if len(needs) == len(branches) else None), at


def _branches(pattern: str, at: int) -> tuple[list[Part], int]:
    branches = []
    while True:
        parts = []
        while at < len(pattern) and pattern[at] not in "|)":
            part, at = _repeated(pattern, at)
            parts.append(part)
        branches.append(_in_order(parts))
        if at == len(pattern) or pattern[at] == ")":
            return branches, at
        at += 1


def _in_order(parts: Iterable[Part]) -> Part:
    """Parts one after another: runs of what is known letter by letter, and the rarest piece of all."""
    best: frozenset[str] | None = None
    run: frozenset[str] = frozenset({""})
    is_exact = True
    for part in parts:
        if part.exact is not None and len(run) * len(part.exact) <= MOST:
            run = frozenset(map("".join, product(run, part.exact)))
            continue
        is_exact = False
        best = reduce(_rarer, (None if "" in run else run, _of(part)), best)
        run = part.exact if part.exact is not None and len(part.exact) <= MOST else frozenset({""})
    if is_exact:
        return Part(run, None)
    return Part(None, _rarer(best, None if "" in run else run))


def _repeated(pattern: str, at: int) -> tuple[Part, int]:
    part, at = _single(pattern, at)
    least, most, at = _times(pattern, at)
    if (least, most) == (1, 1):
        return part, at
    if most == 1:
        return Part(part.exact and part.exact | {""}, None), at
    return (Part(None, _of(part)) if least else ANYTHING), at


def _times(pattern: str, at: int) -> tuple[int, int | None, int]:
    sign = pattern[at : at + 1]
    if sign == "{":
        end = pattern.index("}", at)
        least, _, most = pattern[at + 1 : end].partition(",")
        return int(least), int(most) if most else None, end + 1
    if sign and sign in "?*+":
        return int(sign == "+"), 1 if sign == "?" else None, at + 1
    return 1, 1, at


def _single(pattern: str, at: int) -> tuple[Part, int]:
    """One letter, class, or group."""
    letter = pattern[at]
    if letter == "(":
        assert pattern.startswith("(?:", at), pattern[at:]
        part, at = _either(pattern, at + 3)
        return part, at + 1
    if letter == "[":
        end = pattern.index("]", at + 1)
        return _letters(pattern[at + 1 : end]), end + 1
    if letter == "\\":
        return _escaped(pattern, at)
    if letter in ".$^":
        return (ANYTHING if letter == "." else NOTHING), at + 1
    return Part(frozenset({letter}), None), at + 1


def _letters(inside: str) -> Part:
    if inside.startswith("^") or "\\" in inside or "-" in inside:
        return ANYTHING
    return Part(frozenset(inside), None)


def _escaped(pattern: str, at: int) -> tuple[Part, int]:
    letter = pattern[at + 1]
    if letter in "pP":
        return ANYTHING, pattern.index("}", at) + 1
    if letter in "dwsDWSbB":
        return (NOTHING if letter in "bB" else ANYTHING), at + 2
    return Part(frozenset({"\n" if letter == "n" else letter}), None), at + 2


def all_needed(patterns: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Every needed text with the number of its pattern; the empty text where a pattern needs none."""
    for number, pattern in enumerate(patterns):
        for text in needed(pattern) or ("",):
            yield text, number
