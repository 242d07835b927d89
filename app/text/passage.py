"""A passage: the folded text in which words are looked for, and the way back to the fields it came from.

One field is one passage. A video's neighbouring segments are one passage together, because speech recognition and
subtitles cut phrases anywhere (`加我` | `微信`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from typing import NamedTuple

from app.text.normalise import Folded


@dataclass(frozen=True, slots=True)
class TextField:
    """One text to screen. `segment` (index) and `at_ms` are set for a video's segments."""

    name: str
    text: str
    segment: int | None = None
    at_ms: int | None = None


class Place(NamedTuple):
    """Where folded [start, end) begins: the field, the part of its text inside the field, and the whole original."""

    field: TextField
    start: int
    end: int
    original: str
    is_split: bool


class Passage:
    """One or several fields' folded text end to end; the way back is asked for when it is first needed, if it is."""

    def __init__(self, text: str, fields: Sequence[TextField], folded: Callable[[], Sequence[Folded]]) -> None:
        self.text = text
        self._fields = fields
        self._folded = folded

    @cached_property
    def _folds(self) -> Sequence[Folded]:
        return self._folded()

    @cached_property
    def _starts(self) -> list[int]:
        """Where each field's text begins in the passage's."""
        return [0, *accumulate(len(fold.text) for fold in self._folds[:-1])]

    def place(self, start: int, end: int) -> Place:
        """The original of folded [start, end)."""
        number = self._number(start)
        last = self._number(end - 1)
        field, fold, base = self._part(number)
        inside = min(end - base, len(fold.text))
        first, stop = fold.span(start - base, inside)
        if number == last:
            return Place(field, first, stop, field.text[first:stop], is_split=False)
        pieces = [field.text[first:stop]]
        for between in range(number + 1, last + 1):
            other, folded, begins = self._part(between)
            if folded.text:
                pieces.append(other.text[slice(*folded.span(0, min(end - begins, len(folded.text))))])
        return Place(field, first, stop, "".join(pieces), is_split=True)

    def goes_on(self, index: int) -> bool:
        """Whether folded characters `index - 1` and `index` are of one Latin word or one number of the original."""
        text = self.text
        return 0 < index < len(text) and _go_together(text[index - 1], text[index]) and self._touch(index - 1)

    def is_inside_latin(self, start: int, end: int) -> bool:
        """Whether folded [start, end) begins or ends within a longer Latin word or number of the original."""
        return self.goes_on(start) or self.goes_on(end)

    def _touch(self, index: int) -> bool:
        """Whether folded characters `index` and the next stand side by side in the original."""
        number = self._number(index)
        if self._number(index + 1) != number:
            return False
        _, fold, base = self._part(number)
        return int(fold.offsets[index + 1 - base] - fold.offsets[index - base]) <= 1

    def _number(self, index: int) -> int:
        return bisect_right(self._starts, index) - 1

    def _part(self, number: int) -> tuple[TextField, Folded, int]:
        return self._fields[number], self._folds[number], self._starts[number]


def read_together(fields: Sequence[TextField]) -> Sequence[tuple[int, int]]:
    """The fields' [first, last) that make a passage, in order: neighbouring segments of one name together."""
    if len(fields) == 1:
        return ((0, 1),)
    cuts = [index for index in range(1, len(fields)) if not _belong_together(fields[index - 1], fields[index])]
    return list(pairwise([0, *cuts, len(fields)])) if fields else ()


def _belong_together(one: TextField, other: TextField) -> bool:
    return one.segment is not None and other.segment is not None and one.name == other.name


def _go_together(one: str, other: str) -> bool:
    """Letters beside letters and digits beside digits make one word; `vx123` is the word `vx` and a number."""
    if not (one.isascii() and other.isascii()):
        return False
    return (one.isalpha() and other.isalpha()) or (one.isdigit() and other.isdigit())
