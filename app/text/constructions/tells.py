"""Telltales: words that say little alone and together what is offered, counted in points.

A pattern knows how a thing is said; offers are said anew each week. What stays are their words: work that is no work
(`抄小说`), pay by the piece (`一单5r`), and a way to turn to somebody (`加我`). Each word has points; where, within
`REACH` folded characters, the words of a family and what stands beside them come to `NEED`, the family is meant. Digits
count as 0, so that `0米` is any sum. It reads like a pattern: `finditer` gives places.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import ahocorasick
import yaml

from app.text.claims.wording import as_folded, pattern
from app.text.folding_table import WALL

FILE = Path(__file__).resolve().parent.parent / "data" / "tells.yaml"
NEED = 4
REACH = 24
LONG, NEED_LONG = 80, 6
"""A text of more folded characters needs more: in a long one words of little weight come together by chance."""
OPENS = 2
"""Points are only added up around a word of at least so many: light words mean nothing, whatever stands beside them."""
LIGHT = 2
"""Words of one point count so much at most, all together."""
_DIGITS = {ord(digit): "0" for digit in "123456789"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where the words of a family stand, from the first to the last."""

    start: int
    end: int

    def span(self) -> tuple[int, int]:
        """Half open, in folded characters."""
        return self.start, self.end


@dataclass(frozen=True, slots=True, eq=False)
class Tells:
    """The words of one family with their points, and what counts beside them."""

    words: Any
    beside: Sequence[tuple[int, Any]]
    openers: tuple[str, ...]

    def search(self, sent: bytes) -> object:
        """Whether any place may be found, as patterns tell it; the openers that led here have said so."""
        return sent

    def finditer(self, text: str) -> Iterator[Place]:
        """Places where the points suffice, from left to right, none over another."""
        finds = self._finds(text)
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

    @property
    def most_beside(self) -> int:
        """Points of all that may stand beside, together."""
        return sum(points for points, _ in self.beside)

    def _beside(self, text: str) -> list[tuple[int, list[int], list[int]]]:
        """Of each thing beside its points, and where it begins and ends in the text, in order."""
        spans = [(points, [found.span() for found in said.finditer(text)]) for points, said in self.beside]
        return [(points, [start for start, _ in each], [end for _, end in each]) for points, each in spans]

    def _finds(self, text: str) -> list[tuple[int, int, int, str]]:
        """Start, end, points and word of what stands in the text.

        Of words over one another the weightier counts, and none that stands inside a harmless compound, which has no
        points.
        """
        found: list[tuple[int, int, int, str]] = []
        for last, (length, points, word) in self.words.iter(text.translate(_DIGITS) + WALL):
            start = last + 1 - length
            if found and start < found[-1][1]:
                before = found[-1]
                is_hidden = before[2] == 0 and before[1] - before[0] >= length
                if is_hidden or 0 < points <= before[2]:
                    continue
                found.pop()
            found.append((start, min(last + 1, len(text)), points, word))
        return [each for each in found if each[2]]


def _standing(beside: Sequence[tuple[int, list[int], list[int]]], start: int, end: int) -> int:
    """Points of what stands wholly between two places."""
    total = 0
    for points, starts, ends in beside:
        at = bisect_left(starts, start)
        total += points if at < len(ends) and ends[at] <= end else 0
    return total


def _sum_of(finds: Sequence[tuple[int, int, int, str]]) -> int:
    """Each word once, and of the light ones ``LIGHT`` at most."""
    points = {word: points for _, _, points, word in finds}.values()
    return sum(each for each in points if each >= OPENS) + min(LIGHT, sum(each == 1 for each in points))


@cache
def tells() -> Mapping[str, Tells]:
    """By the name of the construction that each family belongs to."""
    written: Mapping[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    beside = [(int(each["points"]), pattern(each["said"])) for each in written["beside"]]
    return {name: _family(words, beside) for name, words in written["families"].items()}


def _family(written: Mapping[int, str], beside: Sequence[tuple[int, Any]]) -> Tells:
    automaton = ahocorasick.Automaton()
    openers: list[str] = []
    for points, words in written.items():
        for word in words.split():
            said = as_folded(word.replace("_", WALL))
            automaton.add_word(said, (len(said), points, said))
            opener = max(re.split(f"[0{WALL}]", said), key=len)
            if points >= OPENS and len(opener) > 1:
                openers.append(opener)
    automaton.make_automaton()
    return Tells(automaton, beside, tuple(openers))
