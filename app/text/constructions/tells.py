"""Telltales: words that say little alone and together what is offered, counted in points.

A pattern knows how a thing is said; offers are said anew each week. What stays are their words: work that is no work
(`抄小说`), pay by the piece (`一单5r`), and a way to turn to somebody (`加我`). Each has points; where, within `REACH`
folded characters, the words of a family and what stands beside them come to `NEED`, the family is meant. Digits count
as 0, so that `0米` is any sum. `finditer` gives places, as that of a pattern does, and `among` tells which of many
texts may have any.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

from app.text.any_of import AnyOf, Joined
from app.text.claims.wording import as_folded, pattern
from app.text.constructions.pieces import engine_of
from app.text.folding_table import WALL
from app.text.lookup import Engine
from app.text.shipped import read_shipped

FILE = Path(__file__).resolve().parent.parent / "data" / "tells.yaml"
NEED = 4
REACH = 24
LONG, NEED_LONG = 80, 6
"""A text of more folded characters needs more: in a long one words of little weight come together by chance."""
OPENS = 2
"""Points are only added up around a word of at least so many: light words mean nothing, whatever stands beside them."""
LIGHT = 2
"""Words of one point count so much at most, all together."""
_NO_LETTER = "\0"
"""Stands between texts that are looked through together: no folded text and no word has it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the words of a family stand, from the first to the last."""

    start: int
    end: int

    def span(self) -> tuple[int, int]:
        """Half open, in folded characters."""
        return self.start, self.end


class Word(NamedTuple):
    """A word of a family with its length and points; a harmless compound has none."""

    length: int
    points: int
    text: str


class Beside(NamedTuple):
    """What counts beside words of a family: its points, and what finds it in one text and in many."""

    points: int
    said: Any
    any_of: AnyOf


_Found = tuple[int, int, int, str]
"""Start, end, points and word of what stands in a text."""


@dataclass(frozen=True, slots=True, eq=False)
class Tells:
    """The words of one family with their points, by the numbers that the engine gives, and what counts beside them."""

    engine: Engine
    words: Sequence[Word]
    beside: Sequence[Beside]
    openers: tuple[str, ...]

    def finditer(self, text: str) -> Iterator[Place]:
        """Places where the points suffice, from left to right, none over another."""
        finds = self._finds(self.engine.matches(_with_zeros(text) + WALL), len(text))
        need = NEED if len(text) <= LONG else NEED_LONG
        beside: list[tuple[int, list[int], list[int]]] | None = None
        done, first, last = -1, 0, 0
        for start, _, points, _ in finds:
            while finds[first][0] < start - REACH:
                first += 1
            while last < len(finds) and finds[last][0] <= start + REACH:
                last += 1
            if points < OPENS or start < done:
                continue
            near = finds[first:last]
            own = _sum_of(near)
            if need - self.most_beside <= own < need:
                beside = self._beside(text) if beside is None else beside
                own += _standing(beside, near[0][0] - REACH, near[-1][1] + REACH)
            if own >= need:
                done = near[-1][1]
                yield Place(near[0][0], done)

    def among(self, texts: Sequence[str]) -> list[int]:
        """Numbers of the texts that may have a place, ascending: all points that stand in them, wherever, suffice."""
        lacking: list[tuple[int, int]] = []
        enough: list[int] = []
        for at, finds in self._finds_together(texts):
            need = NEED if len(texts[at]) <= LONG else NEED_LONG
            lacks = need - _sum_of(finds)
            if lacks <= 0:
                enough.append(at)
            elif lacks <= self.most_beside:
                lacking.append((at, lacks))
        joined = Joined([texts[at] for at, _ in lacking])
        points = [0] * len(lacking)
        for each in self.beside if lacking else ():
            for number in each.any_of.among(joined):
                points[number] += each.points
        enough += [at for (at, lacks), more in zip(lacking, points, strict=True) if more >= lacks]
        return sorted(enough)

    @property
    def most_beside(self) -> int:
        """Points of all that may stand beside, together."""
        return sum(each.points for each in self.beside)

    def _beside(self, text: str) -> list[tuple[int, list[int], list[int]]]:
        """Of each thing beside its points, and where it begins and ends in the text, in order."""
        spans = [(each.points, [found.span() for found in each.said.finditer(text)]) for each in self.beside]
        return [(points, [start for start, _ in each], [end for _, end in each]) for points, each in spans]

    def _finds(self, matches: Iterable[tuple[int, int]], length: int) -> list[_Found]:
        """What stands in a text of that length.

        Of words over one another the weightier counts, and none that stands inside a harmless compound, which has no
        points.
        """
        words = self.words
        found: list[_Found] = []
        for end, number in matches:
            word = words[number]
            start = end - word.length
            if found and start < found[-1][1]:
                before = found[-1]
                is_hidden = before[2] == 0 and before[1] - before[0] >= word.length
                if is_hidden or 0 < word.points <= before[2]:
                    continue
                found.pop()
            found.append((start, min(end, length), word.points, word.text))
        return [each for each in found if each[2]]

    def _finds_together(self, texts: Sequence[str]) -> Iterator[tuple[int, list[_Found]]]:
        """What stands in each of many texts, those left out in which nothing does; one walk through all of them."""
        apart = WALL + _NO_LETTER
        starts = [0, *accumulate([len(text) + len(apart) for text in texts])]
        matches: dict[int, list[tuple[int, int]]] = {}
        for end, number in self.engine.matches(_with_zeros(apart.join((*texts, "")))):
            at = bisect_right(starts, end - 1) - 1
            matches.setdefault(at, []).append((end - starts[at], number))
        for at, some in matches.items():
            if finds := self._finds(some, len(texts[at])):
                yield at, finds


def _with_zeros(text: str) -> str:
    for digit in "123456789":
        text = text.replace(digit, "0")
    return text


def _standing(beside: Sequence[tuple[int, list[int], list[int]]], start: int, end: int) -> int:
    """Points of what stands wholly between two places."""
    total = 0
    for points, starts, ends in beside:
        at = bisect_left(starts, start)
        total += points if at < len(ends) and ends[at] <= end else 0
    return total


def _sum_of(finds: Sequence[_Found]) -> int:
    """Each word once, and of the light ones ``LIGHT`` at most."""
    points = {word: points for _, _, points, word in finds}.values()
    return sum(each for each in points if each >= OPENS) + min(LIGHT, sum(each == 1 for each in points))


@cache
def tells() -> Mapping[str, Tells]:
    """By the name of the construction that each family belongs to."""
    written = read_shipped(FILE)
    beside = [
        Beside(int(each["points"]), pattern(each["said"]), AnyOf([as_folded(each["said"])]))
        for each in written["beside"]
    ]
    return {name: _family(words, beside) for name, words in written["families"].items()}


def _family(written: Mapping[int, str], beside: Sequence[Beside]) -> Tells:
    known: dict[str, Word] = {}
    openers: list[str] = []
    for points, words in written.items():
        for word in words.split():
            said = as_folded(word.replace("_", WALL))
            known[said] = Word(len(said), points, said)
            opener = max(re.split(f"[0{WALL}]", said), key=len)
            if points >= OPENS and len(opener) > 1:
                openers.append(opener)
    return Tells(engine_of(list(known)), list(known.values()), beside, tuple(openers))
