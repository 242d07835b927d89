"""Which owners of a pattern are worth a look in a text: words with gaps wait for a letter of another of their parts.

A short anchor such as 根治 or 微信 belongs to dozens of words with gaps (根治{0,4}风湿, 根治{0,4}失眠 …), of which most
texts hold none. Each of them can only stand there with another part beside the anchor, in some spelling of it, so a few
letters, one of which every spelling has, tell most of them apart by one look at the letters around the anchor. What has
no gaps is always looked at. Nothing is missed: the letters are a condition for a word, never a find.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from app.text.candidates import Target
from app.text.lookup import Owners, owners_of
from app.text.spellings import Trick

Owned = tuple[int, int, int, Target | None, Trick]
"""Start, end, number of the owner, the word it is (None for characters in parts), and by which trick."""
_Entry = tuple[int, Target | None, Trick]


class Waited(NamedTuple):
    """One of these letters must stand at most so far from the anchor for the word to stand there, and the part, too."""

    letters: AbstractSet[str]
    reach: int
    part: str = ""


Letters = Callable[[Target, Trick], Waited | None]
"""What a word found by that trick waits for; None: always look."""


class _Group(NamedTuple):
    """A pattern's owners: those always looked at, where another pair follows, and by letter those that wait for it.

    Beside those that wait stands the part of theirs that the letter is of, where it has one spelling. ``reach`` is as
    far from the anchor as any of them looks; ``first`` looks for the first of the letters.
    """

    always: tuple[_Entry, ...]
    doubled: tuple[_Entry, ...]
    letters: frozenset[str]
    waiting: dict[str, list[tuple[str, _Entry]]]
    reach: int
    first: Callable[[str, int, int], object | None]


class Partners:
    """The owners of all patterns of a lookup, put in groups as their patterns are found. Shared by threads."""

    def __init__(self, owners: Owners, targets: Sequence[Target], letters: Letters) -> None:
        self._owners, self._targets, self._letters = owners, targets, letters
        self._words = len(targets)
        self._groups: dict[int, _Group] = {}
        self._lengths_over: dict[int, int] = {}

    def owned_by_few(self, finds: Sequence[tuple[int, int]], text: str) -> list[Owned]:
        """What `owned` gives, at once: for few finds. Letters are looked for around each anchor alone."""
        groups, lengths = self._groups, self._owners.lengths
        found: list[Owned] = []
        for end, number in finds:
            group = groups.get(number) or self._grouped(number)
            start = end - lengths[number]
            always, doubled, letters, _, reach, first = group
            if always:
                found += [(start, end, *entry) for entry in always]
            if doubled and end + 1 < len(text) and text[end] == text[end + 1]:
                found += [(start, end, *entry) for entry in doubled]
            if letters and first(text, max(0, start - reach), end + reach) is not None:
                found += [
                    (start, end, *entry) for entry in _not_waiting(group, text[max(0, start - reach) : end + reach])
                ]
        return found

    def owned_together(
        self, finds: Iterable[tuple[int, int]], text: str, starts: Sequence[int], *, most: int
    ) -> tuple[dict[int, list[Owned]], set[int]]:
        """What `owned_by_few` gives for each of many texts joined by walls, by its number and its own places.

        ``starts`` are those of the texts, rising like the finds' ends. Also the numbers of texts with more finds than
        ``most``, of which not all were looked at.
        """
        groups, lengths = self._groups, self._owners.lengths
        found: dict[int, list[Owned]] = {}
        many: set[int] = set()
        at = base = border = count = 0
        for end, number in finds:
            if end >= border:
                at = bisect_right(starts, end) - 1
                base, count = starts[at], 0
                border = starts[at + 1] if at + 1 < len(starts) else len(text) + 1
            count += 1
            if count > most:
                many.add(at)
                continue
            group = groups.get(number) or self._grouped(number)
            always, doubled, letters, _, reach, first = group
            start = end - lengths[number]
            entries: Iterable[_Entry] = always
            if doubled and end + 2 < border and text[end] == text[end + 1]:
                entries = (*entries, *doubled)
            if letters:
                low, high = max(base, start - reach), min(border - 1, end + reach)
                if first(text, low, high) is not None:
                    entries = (*entries, *_not_waiting(group, text[low:high]))
            if entries:
                mine = [(start - base, end - base, *entry) for entry in entries]
                if at in found:
                    found[at] += mine
                else:
                    found[at] = mine
        return found, many

    def over_seams(self, finds: Iterable[tuple[int, int]], seams: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Those of the finds that can count in a text written otherwise: about a seam, or of words with gaps.

        Both rise. A seam is where something was left out, by its place in the text without it.
        """
        lengths, left = self._lengths_over, iter(seams)
        last, following = -1, next(left, sys.maxsize)
        for end, number in finds:
            while following < end:
                last, following = following, next(left, sys.maxsize)
            length = lengths[number] if number in lengths else self._length_over(number)
            if end - length < last:
                yield end, number

    def _length_over(self, number: int) -> int:
        """How far before a find's end a seam may lie to count: anywhere, and none need be, for words with gaps."""
        targets = [self._targets[owner] for owner, _ in owners_of(self._owners, number) if owner < self._words]
        has_gaps = any(target.form is not None for target in targets)
        return self._lengths_over.setdefault(number, sys.maxsize if has_gaps else self._owners.lengths[number])

    def owned(self, finds: Iterable[tuple[int, int]], text: str) -> Iterator[Owned]:
        """Each find once for every word it may be in this text."""
        groups, lengths = self._groups, self._owners.lengths
        there: frozenset[str] | None = None
        for end, number in finds:
            group = groups.get(number) or self._grouped(number)
            start = end - lengths[number]
            for owner, target, trick in group.always:
                yield start, end, owner, target, trick
            if group.doubled and end + 1 < len(text) and text[end] == text[end + 1]:
                for owner, target, trick in group.doubled:
                    yield start, end, owner, target, trick
            if group.letters:
                if there is None:
                    there = frozenset(text)
                if seen := group.letters & there:
                    entries = [entry for letter in seen for _, entry in group.waiting[letter]]
                    for owner, target, trick in dict.fromkeys(entries) if len(seen) > 1 else entries:
                        yield start, end, owner, target, trick

    def _grouped(self, number: int) -> _Group:
        always: list[_Entry] = []
        doubled: list[_Entry] = []
        waiting: dict[str, list[tuple[str, _Entry]]] = {}
        reach = 0
        for owner, trick in owners_of(self._owners, number):
            target = self._targets[owner] if owner < self._words else None
            waited = None if target is None or target.form is None else self._letters(target, trick)
            if target is None and trick is Trick.DOUBLED:
                doubled.append((owner, target, trick))
            elif waited is None:
                always.append((owner, target, trick))
            else:
                reach = max(reach, waited.reach)
                for letter in waited.letters:
                    waiting.setdefault(letter, []).append((waited.part, (owner, target, trick)))
        first = re.compile(f"[{re.escape(''.join(waiting))}]").search if waiting else _nowhere
        group = _Group(tuple(always), tuple(doubled), frozenset(waiting), waiting, reach, first)
        return self._groups.setdefault(number, group)


def _not_waiting(group: _Group, around: str) -> Iterable[_Entry]:
    """Those that wait for something that stands around the anchor."""
    seen = group.letters.intersection(around)
    entries = [entry for letter in seen for part, entry in group.waiting[letter] if part in around]
    return dict.fromkeys(entries) if len(seen) > 1 else entries


def _nowhere(text: str, start: int, end: int) -> None:
    """Of no letters there is no first one."""


def letters_listed(target: Target, trick: Trick) -> Waited | None:
    """Letters that a word with gaps waits for in a folded text, whose anchor was found by that trick."""
    if trick is Trick.LOOK_ALIKE_CHARACTER:  # the whole word, its gaps closed
        return None
    forms = [form for form in target.other_forms if form.trick is trick]
    if trick is Trick.PLAIN and target.form is not None:
        forms.append(target.form)
    letters = frozenset[str]().union(*(form.waits_for for form in forms))
    part = max(forms[0].others, key=len, default="") if len(forms) == 1 else ""
    return Waited(letters, max((form.reach for form in forms), default=0), part)


def letters_viewed(target: Target, trick: Trick) -> Waited | None:
    """Letters that it waits for in the views."""
    form = target.view_forms[trick]
    return Waited(form.waits_for, form.reach, max(form.others, key=len, default=""))
