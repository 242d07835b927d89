"""One look at one passage: finds of the engines in, candidates that survive every check out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import ne

from app.text.between import Closer
from app.text.candidates import (
    Candidate,
    Target,
    is_allowed,
    is_between_words,
    is_cut_by_a_clause,
    spans_of,
)
from app.text.edges import is_ordinary
from app.text.passage import Passage
from app.text.spellings import Trick, is_respelt
from app.text.views import as_shapes, as_sounds
from app.text.words import Context, Depth

MAX_CANDIDATES = 2_000
MAX_FINDS = 20_000
"""Finds of an engine looked at for one passage before it is called capped."""
MAX_GUESSES = 500
"""Guesses for which the dictionary is asked in one passage."""

Find = tuple[int, int, int, Trick]


class Look:
    """Gathers the candidates of one passage; `is_capped` says that not all finds could be looked at."""

    def __init__(self, targets: Sequence[Target], passage: Passage, context: Context) -> None:
        self.passage = passage
        self.candidates: set[Candidate] = set()
        self.is_capped = False
        self._targets = targets
        self._context = context
        self._lists_in_force: dict[str, bool] = {}
        self._finds = 0
        self._guesses = 0

    def at_listed(self, finds: Iterable[Find]) -> None:
        """Finds in the folded text itself."""
        text = self.passage.text
        for start, end, number, trick in finds:
            if not self._goes_on():
                return
            target = self._targets[number]
            if not self._is_in_force(target):
                continue
            if trick is not Trick.PLAIN:
                self._respelt(target, start, end, trick)
                continue
            for first, last, _ in spans_of(target.gap_pattern, target.reach, text, start, end):
                if self._holds(target, text, first, last) and self._is_one_phrase(target, first, last):
                    self.candidates.add(Candidate(first, last, target))

    def at_closer(self, finds: Iterable[Find], closer: Closer) -> None:
        """Finds in the text without the letters between: only those that such a letter had parted."""
        text, offsets = closer
        for start, end, number, trick in finds:
            if not self._goes_on():
                return
            target = self._targets[number]
            deep = trick is Trick.PLAIN and target.depth.guesses and is_respelt(target.letters)
            if not deep or not self._is_in_force(target):
                continue
            for first, last, _ in spans_of(target.gap_pattern, target.reach, text, start, end):
                begins, ends = int(offsets[first]), int(offsets[last - 1]) + 1
                is_parted = ends - begins > last - first
                if is_parted and _is_free(target, text, first, last) and self._is_one_phrase(target, begins, ends):
                    self.candidates.add(Candidate(begins, ends, target, Trick.LETTER_BETWEEN))

    def at_views(self, finds: Iterable[Find]) -> None:
        """Finds in the sounds and shapes of the text, which stand behind each other there."""
        text = self.passage.text
        shift = len(text) + 1
        for start, end, number, trick in finds:
            if not self._goes_on():
                return
            target = self._targets[number]
            is_shape = trick is Trick.LOOK_ALIKE_CHARACTER
            first, last = (start - shift, end - shift) if is_shape else (start, end)
            if target.gap_pattern is not None:
                self._with_gaps(target, first, last, trick)
                continue
            most = 1 if is_shape else target.most_homophones
            if 0 < sum(map(ne, text[first:last], target.letters)) <= most:
                self._guess(target, first, last, trick, _changed(text, first, target.letters))

    def _with_gaps(self, target: Target, start: int, end: int, trick: Trick) -> None:
        """A word with gaps whose anchor sounds or looks as folded [start, end) does."""
        text = self.passage.text
        most = 1 if trick is Trick.LOOK_ALIKE_CHARACTER else target.most_homophones
        write = as_shapes if trick is Trick.LOOK_ALIKE_CHARACTER else as_sounds
        low, high = max(0, start - target.reach), end + target.reach
        for first, last, match in spans_of(
            target.view_patterns[trick], target.reach, write(text[low:high]), start - low, end - low
        ):
            assert match is not None, "a pattern was given"
            changed = [
                place
                for group, part in enumerate(target.word.parts, 1)
                for place in _changed(text, low + match.start(group), part)
            ]
            if 0 < len(changed) <= most:
                self._guess(target, low + first, low + last, trick, changed)

    def _respelt(self, target: Target, start: int, end: int, trick: Trick) -> None:
        """A find of another spelling than the listed one."""
        if self.passage.is_inside_latin(start, end):
            return
        if not trick.is_guess:
            if _is_free(target, self.passage.text, start, end, edges=False):
                self.candidates.add(Candidate(start, end, target, trick))
            return
        text = self.passage.text
        changed = _changed(text, start, target.letters) if trick is Trick.LOOK_ALIKE_CHARACTER else []
        self._guess(target, start, end, trick, changed)

    def _guess(self, target: Target, start: int, end: int, trick: Trick, changed: list[int]) -> None:
        """A find with some characters changed: it counts when the whole is nothing ordinary."""
        if not self._is_in_force(target):
            return
        self._guesses += 1
        if self._guesses > MAX_GUESSES:
            self.is_capped = True
            return
        text = self.passage.text
        if is_ordinary(text, start, end, changed) or is_allowed(text, start, end, target.allow):
            return
        if self._is_one_phrase(target, start, end):
            self.candidates.add(Candidate(start, end, target, trick))

    def _holds(self, target: Target, text: str, start: int, end: int) -> bool:
        at_start, at_end = target.latin_edges
        if (at_start and self.passage.goes_on(start)) or (at_end and self.passage.goes_on(end)):
            return False
        return _is_free(target, text, start, end)

    def _is_one_phrase(self, target: Target, start: int, end: int) -> bool:
        """Whether the original there is the word as the list wants it, and not two clauses."""
        place = self.passage.place(start, end)
        if target.gap_pattern is not None:
            return True
        if target.depth is Depth.EXACT and place.original != target.word.text:
            return False
        return not is_cut_by_a_clause(place.field.text, place.start, place.end)

    def _goes_on(self) -> bool:
        self._finds += 1
        if self._finds > MAX_FINDS or len(self.candidates) > MAX_CANDIDATES:
            self.is_capped = True
        return not self.is_capped

    def _is_in_force(self, target: Target) -> bool:
        wordlist, word = target.wordlist, target.word
        known = self._lists_in_force
        if wordlist.name not in known:
            known[wordlist.name] = wordlist.where.covers(self._context)
        return known[wordlist.name] and (word.where is None or word.where.covers(self._context))


def _is_free(target: Target, text: str, start: int, end: int, *, edges: bool = True) -> bool:
    """Whether no allowed context and no ordinary word takes the place."""
    if target.allow and is_allowed(text, start, end, target.allow):
        return False
    return not edges or is_between_words(target, text, start, end)


def _changed(text: str, start: int, letters: str) -> list[int]:
    """Where the text from `start` on differs from the letters."""
    return [start + at for at, letter in enumerate(letters) if text[start + at] != letter]
