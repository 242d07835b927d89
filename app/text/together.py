"""Many short texts folded and searched as one, because most of a short text's cost is being asked about by itself.

Each text comes out exactly as `fold` gives it, and each find belongs to one text: between two stands a wall, which no
word holds.
"""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.text.ends import settle_ends_together
from app.text.folding_table import table
from app.text.normalise import Folded, with_expansions, without_markup
from app.text.rewritten import letters_between_in
from app.text.set_apart import may_be_apart

AT_ONCE = 4_096
"""Texts looked through together. Each engine drives the others' states out of the processor's caches, so they change
seldom: a quarter as many cost an eighth more, though those would stay in the caches themselves."""
_CODE_POINT = np.dtype("<u4")
Finds = list[tuple[int, int]]
Find = Callable[[str], Iterable[tuple[int, int]]]
Over = Callable[[Iterable[tuple[int, int]], Sequence[int]], Iterable[tuple[int, int]]]


class Glance(NamedTuple):
    """What the engines find in one folded text, by its own places; `views` is the text in them, if they found any.

    `closed` is found in `closer`, the text without letters between; there is none where it has none.
    """

    finds: Iterable[tuple[int, int]]
    seen: Iterable[tuple[int, int]] = ()
    views: str = ""
    closed: Iterable[tuple[int, int]] = ()
    closer: str = ""


class FoldedMany:
    """Many texts folded: `texts` are the folded ones, `of` gives one of them with its way back."""

    __slots__ = ("_borders", "_kept", "_starts", "texts")

    def __init__(self, texts: Sequence[str]) -> None:
        whole = "".join(texts)
        if "<" in whole or "&" in whole or may_be_apart(whole):
            whole = "".join([without_markup(text) for text in texts])
        mapped = table().codes.take(np.frombuffer(whole.encode("utf-32-le", "surrogatepass"), _CODE_POINT))
        kept = mapped.nonzero()[0]
        values = mapped.take(kept)
        ends = np.fromiter(accumulate(map(len, texts)), np.intp, len(texts))
        values, kept = settle_ends_together(whole, *with_expansions(whole, values, kept), ends)
        self._kept = kept
        self._borders = borders = [0, *np.searchsorted(kept, ends).tolist()]
        self._starts = [0, *ends.tolist()]
        folded = str(values.data, "utf-32-le")
        self.texts = [folded[start:end] for start, end in pairwise(borders)]

    def of(self, at: int) -> Folded:
        """A text as `fold` gives it."""
        start, end = self._borders[at], self._borders[at + 1]
        return Folded(self.texts[at], self._kept[start:end] - self._starts[at])


def fold_together(texts: Sequence[str]) -> list[Folded]:
    """Every text as `fold` gives it."""
    folded = FoldedMany(texts)
    return [folded.of(at) for at in range(len(texts))]


def closed_together(
    texts: Sequence[str], whole: str, starts: Sequence[int], find: Find, over: Over
) -> dict[int, tuple[Finds, str]]:
    """What is found in those texts that have letters between, without them, and the text so; where anything is.

    ``whole`` is the texts joined by walls, ``starts`` is where each begins. Of the finds ``over`` gives those that can
    count, told where something was left out.
    """
    codes = np.frombuffer(whole.encode("utf-32-le", "surrogatepass"), _CODE_POINT)
    first, end = letters_between_in(whole, codes)
    begins = np.array([*starts, len(whole) + 1])
    numbers = np.unique(np.searchsorted(begins, first, side="right") - 1)
    is_kept = _within(begins.take(numbers), begins.take(numbers + 1), len(whole)) & ~_within(first, end, len(whole))
    place = np.append(0, np.cumsum(is_kept))
    closer = codes[is_kept].tobytes().decode("utf-32-le", "surrogatepass")
    closed = place.take(begins.take(numbers)).tolist()
    found = _split(over(find(closer), place.take(first).tolist()), closed)
    borders = [*closed, len(closer) + (numbers[-1:] == len(texts) - 1).sum()]
    return {int(numbers[at]): (each, closer[borders[at] : borders[at + 1] - 1]) for at, each in found.items()}


def _within(starts: NDArray[np.intp], ends: NDArray[np.intp], length: int) -> NDArray[np.bool_]:
    """Which places of so many lie between a start and its end; none lie between two."""
    change = np.zeros(length + 2, np.int8)
    change[starts] += 1
    change[ends] -= 1
    within: NDArray[np.bool_] = np.cumsum(change[:length], dtype=np.int8) > 0
    return within


def _split(finds: Iterable[tuple[int, int]], starts: Sequence[int]) -> dict[int, Finds]:
    """Finds by the text they end in, with their ends there; `starts` are those of all texts, rising like the ends."""
    found: dict[int, Finds] = {}
    border = start = 0
    mine: Finds = []
    for end, each in finds:
        if end >= border:
            number = bisect_right(starts, end)
            start = starts[number - 1]
            border = starts[number] if number < len(starts) else sys.maxsize
            mine = found[number - 1] = []
        mine.append((end - start, each))
    return found
