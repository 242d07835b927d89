"""What must stand in a text for a pattern to match there: of these few letters one, whatever else.

A union of all patterns is slow to say no, because RE2 keeps every beginning of every pattern in each of its states. The
letters that no match can do without are found by one automaton in a tenth of the time, and most texts hold none.
Of every alternative of a pattern the two rarest pieces are told, because either alone stands in many a text and both
seldom do. Only what a pattern surely needs is told; a part that is not understood needs nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import product
from math import fsum
from typing import NamedTuple

from app.text.constructions.side_by_side import (
    NO_LETTER,
    ONE_LETTER,
    Row,
    any_word,
    either,
    in_a_row,
    letter_of,
    repeated,
)

MOST = 800
"""So many spellings of a piece are told apart; a piece of more is looked for by its parts."""
_RARITY = (1.0, 0.02, 0.0008, 0.00004)
"""How often a given piece of so many letters stands in a text, about."""
_COMMONEST = 0.5
"""A second piece that stands in every other text says too little for being looked for."""
_LETTER = r"[^\\\[\](){}.*+?|^$\-]"
_WORDS = re.compile(rf"((?:{_LETTER}|\|)*)\)")
"""Alternatives of mere letters up to the closing bracket, which most groups are."""
_WORD = re.compile(rf"{_LETTER}+(?![*+?{{])")
"""Letters of which none is repeated."""

Pieces = tuple[frozenset[str], ...]
"""Texts of which one stands in every match, and more such: the rarest first, at most two."""


class Part(NamedTuple):
    """Of a part of a pattern: all it can be, if that is few, and what stands in whatever it matches.

    ``row`` is what is known of the letters in it that stand side by side.
    """

    exact: frozenset[str] | None
    pieces: Pieces
    row: Row


_NO_TEXT = frozenset({""})
ANYTHING = Part(None, (), ONE_LETTER)
NOTHING = Part(_NO_TEXT, (), NO_LETTER)


def needed(pattern: str) -> frozenset[str] | None:
    """Texts of which one stands in every match; ``None`` where nothing is known that every match holds."""
    part, rest = _either(pattern, 0)
    assert rest == len(pattern), pattern[rest:]
    return next(iter(_of(part)), None)


def needed_together(pattern: str) -> list[Pieces]:
    """Of each alternative its pieces: in every match stands one text of each piece of one alternative.

    An alternative without pieces may match anywhere.
    """
    return [_of(each) for each in _read(pattern)]


def pairs_in(pattern: str) -> frozenset[str]:
    """Every two letters that stand side by side in something the pattern matches, as far as it names them."""
    return either(part.row for part in _read(pattern)).pairs


@lru_cache(maxsize=1_000)
def _read(pattern: str) -> tuple[Part, ...]:
    """The alternatives of a pattern; kept, because two ask for them when a process starts."""
    branches, rest = _branches(pattern, 0)
    assert rest == len(pattern), pattern[rest:]
    return tuple(branches)


def _of(part: Part) -> Pieces:
    if part.exact is None or "" in part.exact:
        return part.pieces
    return _rarest((part.exact, *part.pieces))


def _rarest(pieces: Iterable[frozenset[str]]) -> Pieces:
    """The rarest piece, and the next where it is rare enough."""
    some = list(dict.fromkeys(pieces))
    if len(some) <= 1:
        return tuple(some)
    common = {each: _commonness(each) for each in some}
    ordered = sorted(some, key=common.__getitem__)
    return (*ordered[:1], *(each for each in ordered[1:2] if common[each] <= _COMMONEST))


def _commonness(texts: Iterable[str]) -> float:
    """The same in whatever order the texts come, because two pieces are often as rare as one another."""
    lengths = Counter(map(len, texts)).items()
    return fsum(count * _RARITY[min(length, len(_RARITY) - 1)] for length, count in lengths)


def _either(pattern: str, at: int) -> tuple[Part, int]:
    """Alternatives up to the end or a closing bracket."""
    if plain := _WORDS.match(pattern, at):
        return _words(plain[1].split("|")), plain.end(1)
    branches, at = _branches(pattern, at)
    exacts = [each.exact for each in branches if each.exact is not None]
    exact = frozenset().union(*exacts) if len(exacts) == len(branches) else None
    return Part(exact, _joined([_of(each) for each in branches]), either(each.row for each in branches)), at


def _words(words: Sequence[str]) -> Part:
    """One of several words."""
    exact = frozenset(words)
    return Part(exact, () if "" in exact else (exact,), any_word(words))


def _joined(needs: Sequence[Pieces]) -> Pieces:
    """What one of several alternatives needs: the rarest of each, and the next, or again the only one, of each."""
    if not all(needs):
        return ()
    return _rarest(frozenset().union(*some) for some in zip(*((each[0], each[-1]) for each in needs), strict=True))


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
    """Parts one after another: runs of what is known letter by letter, and the rarest pieces of all."""
    pieces: list[frozenset[str]] = []
    run = _NO_TEXT
    is_exact = True
    parts = list(parts)
    row = in_a_row(part.row for part in parts)
    for part in parts:
        if part.exact is not None and len(run) * len(part.exact) <= MOST:
            run = part.exact if run is _NO_TEXT else frozenset(map("".join, product(run, part.exact)))
            continue
        is_exact = False
        pieces += [*([] if "" in run else [run]), *_of(part)]
        run = part.exact if part.exact is not None and len(part.exact) <= MOST else _NO_TEXT
    if is_exact:
        return Part(run, (), row)
    return Part(None, _rarest([*pieces, *([] if "" in run else [run])]), row)


def _repeated(pattern: str, at: int) -> tuple[Part, int]:
    part, at = _single(pattern, at)
    least, most, at = _times(pattern, at)
    if (least, most) == (1, 1):
        return part, at
    if most == 1:
        return Part(part.exact and part.exact | {""}, (), part.row._replace(may_be_empty=True)), at
    row = repeated(part.row, is_optional=least == 0)
    return Part(None, _of(part) if least else (), row), at


def _times(pattern: str, at: int) -> tuple[int, int | None, int]:
    """How often at least and at most; as few as may be (``*?``) is as often."""
    sign = pattern[at : at + 1]
    if sign == "{":
        end = pattern.index("}", at)
        least, _, most = pattern[at + 1 : end].partition(",")
        return int(least), int(most) if most else None, _unhurried(pattern, end + 1)
    if sign and sign in "?*+":
        return int(sign == "+"), 1 if sign == "?" else None, _unhurried(pattern, at + 1)
    return 1, 1, at


def _unhurried(pattern: str, at: int) -> int:
    return at + pattern.startswith("?", at)


def _single(pattern: str, at: int) -> tuple[Part, int]:
    """Some letters, a class, or a group."""
    if plain := _WORD.match(pattern, at):
        return _words((plain[0],)), plain.end()
    letter = pattern[at]
    if letter == "(":
        is_plain = pattern.startswith("(?:", at)
        assert is_plain or not pattern.startswith("(?", at), pattern[at:]
        part, at = _either(pattern, at + (3 if is_plain else 1))
        return part, at + 1
    if letter == "[":
        end = pattern.index("]", at + 1)
        return _letters(pattern[at + 1 : end]), end + 1
    if letter == "\\":
        return _escaped(pattern, at)
    if letter in ".$^":
        return (ANYTHING if letter == "." else NOTHING), at + 1
    return _letters(letter), at + 1


def _letters(inside: str) -> Part:
    if inside.startswith("^") or "\\" in inside or "-" in inside:
        return ANYTHING
    return Part(frozenset(inside), (), letter_of(inside))


def _escaped(pattern: str, at: int) -> tuple[Part, int]:
    letter = pattern[at + 1]
    if letter in "pP":
        return ANYTHING, pattern.index("}", at) + 1
    if letter in "dwsDWSbB":
        return (NOTHING if letter in "bB" else ANYTHING), at + 2
    return Part(frozenset({"\n" if letter == "n" else letter}), (), ONE_LETTER), at + 2
