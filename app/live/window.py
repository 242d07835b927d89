"""The last words of a room, so that a word cut over two utterances is still one word. Pure.

Speech recognition cuts anywhere: `同行都是` and `骗子` are one sentence in two utterances. So each call looks at its
new utterances together with their neighbours. Only what touches a new utterance is news: what lies wholly among the
neighbours was told before, and what begins there and was told already is remembered by its place.

A window is a value: the next one is made beside it and put in force once the database has what it rests on. It names
the piece (``version``) it ends with, so whoever finds another one in the database knows that somebody else went on.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

AROUND = 12
"""Neighbours of a new utterance that are read with it, on either side, at most."""
AROUND_CHARS = 64
"""Fewer are enough once they have so many characters, or as many as the longest listed word with its context."""
_AROUND_LEAST = 3
"""But never fewer than these: what sets a slip right may be said in three breaths."""
KEPT = 48
"""Utterances remembered; what comes later than that is read with its neighbours from the database."""
KEPT_CHARS = 2_400
JOIN_WITHIN = timedelta(seconds=8)
"""A silence longer than this ends a sentence: the next words of the same voice are another one's."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """A few words: their number in the room, when they were said, and whose voice it was where that is known."""

    sequence: int
    at: datetime
    text: str
    speaker: str = ""


@dataclass(frozen=True, slots=True)
class OpenFlag:
    """Something flagged that may still be set right."""

    flag_id: str
    sequence: int
    said_at: datetime
    word: str
    sentence: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Window:
    """A room as this process heard it last."""

    version: int = 0
    last_sequence: int = -1
    tail: tuple[Utterance, ...] = ()
    is_whole: bool = True
    told: frozenset[tuple[int, int, str, str]] = frozenset()
    open_flags: tuple[OpenFlag, ...] = ()
    flagged: tuple[tuple[str, datetime], ...] = ()

    @property
    def lowest(self) -> int:
        """From this number on, everything that was said is in the tail."""
        return self.tail[0].sequence if self.tail and not self.is_whole else -1

    def reaches(self, sequence: int) -> bool:
        """Whether an utterance of that number can be read with its neighbours from here."""
        return self.is_whole or sequence > self.last_sequence or sequence >= self.lowest_with_neighbours

    @property
    def lowest_with_neighbours(self) -> int:
        """The first number in the tail that has all its neighbours there."""
        return self.tail[min(AROUND, len(self.tail) - 1)].sequence if self.tail else self.last_sequence + 1


def beside(said: Sequence[Utterance], first: int, last: int, *, reach: int = AROUND_CHARS) -> list[Utterance]:
    """Of some utterances in order those from the neighbours before ``first`` to those after ``last``.

    ``reach`` is as far as a listed word with its context may go: what stands farther off says nothing about the new.
    """
    numbers = [each.sequence for each in said]
    begin, end = bisect_left(numbers, first), bisect_right(numbers, last)
    voices = {each.speaker for each in said[begin:end]}
    before = _near(said[max(0, begin - AROUND) : begin][::-1], voices, reach)
    return list(said[begin - before : end + _near(said[end : end + AROUND], voices, reach)])


def _near(neighbours: Sequence[Utterance], voices: Collection[str], reach: int) -> int:
    """How many of the neighbours, the nearest first, are near enough; a voice that says nothing new counts for none."""
    left, least = max(reach, AROUND_CHARS), _AROUND_LEAST
    for count, each in enumerate(neighbours):
        if left <= 0 and least <= 0:
            return count
        if each.speaker in voices:
            left -= len(each.text)
            least -= 1
    return len(neighbours)


def remembered(utterances: Iterable[Utterance]) -> tuple[Utterance, ...]:
    """The last of some utterances, in order, as many as a window keeps."""
    ordered = sorted(utterances, key=lambda each: each.sequence)[-KEPT:]
    chars = 0
    for index in range(len(ordered) - 1, -1, -1):
        chars += len(ordered[index].text)
        if chars > KEPT_CHARS and index < len(ordered) - AROUND:
            return tuple(ordered[index + 1 :])
    return tuple(ordered)


def runs(utterances: Sequence[Utterance]) -> list[list[Utterance]]:
    """The sentences that can be read together: one voice, without a long silence, in order."""
    by_speaker: dict[str, list[list[Utterance]]] = {}
    for each in utterances:
        mine = by_speaker.setdefault(each.speaker, [])
        if mine and abs(each.at - mine[-1][-1].at) <= JOIN_WITHIN:
            mine[-1].append(each)
        else:
            mine.append([each])
    return [run for runs_of in by_speaker.values() for run in runs_of]
