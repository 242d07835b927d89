"""Whether ordinary words reach over the edges of a hit, as 印刷 and 单页 do over 刷单's in 印刷单页.

Asked of the few hits there are, never of whole texts: a window around the hit is cut into dictionary words by jieba,
without its guessing at unknown ones.
"""

from __future__ import annotations

from itertools import accumulate, pairwise

import rjieba

AROUND = 8
"""Characters before and after a place that are cut into words."""
_SHORT = 3
_SELDOM = 500
_COMMON = 1_000
_EVERYDAY = 30_000
"""From this frequency on (of 60 million) a single character is a word of its own in any text: 和, 及, 成."""


def has_seldom(letters: str) -> bool:
    """Whether one of the characters is seldom seen in ordinary texts."""
    return any(rjieba.suggest_freq(letter) < _SELDOM for letter in letters)


def reaches_over(text: str, start: int, end: int) -> tuple[bool, bool]:
    """Whether a dictionary word reaches over folded `start`, and whether one reaches over `end`."""
    first = max(0, start - AROUND)
    cuts = set(accumulate(map(len, rjieba.cut(text[first : end + AROUND], False)), initial=0))
    return start - first not in cuts, end - first not in cuts


def belongs_to_a_word(text: str, at: int) -> bool:
    """Whether a folded character is part of a word that ordinary texts use."""
    first = max(0, at - AROUND)
    start = first
    for word in rjieba.cut(text[first : at + AROUND + 1], False):
        if start <= at < start + len(word):
            return _is_common(word)
        start += len(word)
    return False


def _is_common(word: str) -> bool:
    """Whether it is a word of several characters that ordinary texts use."""
    return len(word) > 1 and bool(rjieba.suggest_freq(word) >= _COMMON)


def is_ordinary(text: str, start: int, end: int, changed: list[int]) -> bool:
    """Whether folded [start, end), a word but for the `changed` places, is more likely something harmless.

    It is where it is itself in the dictionary; up to four characters, where ordinary words reach over its edges or a
    changed character belongs to a common one (一点就好 is no 一贴就好); and at three, where a changed character at its
    edge is an everyday word (和微信 is no 加微信). What is longer does not stand in an honest text by chance.
    """
    if rjieba.has_word(text[start:end]):
        return True
    if end - start > _SHORT + 1:
        return False
    first = max(0, start - AROUND)
    cuts = [first + cut for cut in accumulate(map(len, rjieba.cut(text[first : end + AROUND], False)), initial=0)]
    if start not in cuts or end not in cuts:
        return True
    words = {at: (one, other) for one, other in pairwise(cuts) for at in range(one, other)}
    if any(_is_common(text[slice(*words[at])]) for at in changed):
        return True
    edge = [at for at in changed if at in {start, end - 1}] if end - start <= _SHORT else []
    return any(rjieba.suggest_freq(text[at]) >= _EVERYDAY for at in edge)
