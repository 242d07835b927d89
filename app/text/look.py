"""One look at one passage: finds of the engines in, candidates that survive every check out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from app.text.candidates import Candidate, Target, is_cut_by_a_clause, is_free
from app.text.changed import changed, changed_in_view, changed_parts, gaps_in_view
from app.text.edges import belongs_to_a_word, has_seldom, is_ordinary
from app.text.partners import Owned
from app.text.passage import Passage
from app.text.rewritten import Rewritten, boxes_in, joined, pairs_from, pairs_in
from app.text.spellings import Trick, is_respelt, twice
from app.text.words import Context, Depth

MAX_CANDIDATES = 2_000
MAX_FINDS = 20_000
"""Finds of an engine looked at for one passage before it is called capped."""
MAX_PAIRS = 5_000
"""Characters written twice that are written once in one passage."""
MAX_GUESSES = 500
"""Guesses for which the dictionary is asked in one passage."""
_READINGS = 3
"""Ways of joining parts that make several characters (口口 is 吕 and 回)."""


class Look:
    """Gathers the candidates of one passage; `is_capped` says that not all finds could be looked at.

    `around` is as far around a place as any word and its contexts reach. `said` is where listed words stand as they
    are listed, also excused ones: nothing is guessed at there.
    `views` is the passage in the views, where some word asks for them.
    """

    def __init__(
        self,
        targets: Sequence[Target],
        characters: Sequence[tuple[str, bool]],
        passage: Passage,
        context: Context,
        *,
        around: int,
        views: str = "",
    ) -> None:
        self.passage = passage
        self.candidates: set[Candidate] = set()
        self.is_capped = False
        self.said: set[tuple[int, int]] = set()
        self.known: set[tuple[int, int]] = set()  # of these, what is one phrase or excused by what stands around it
        self._parts: list[tuple[int, int, str, bool]] = []
        self._pairs: list[tuple[int, int, str]] = []
        self._paired_until = [0, 0]
        self._targets = targets
        self._characters = characters
        self._around = around
        self.views = views
        self._context = context
        self._lists_in_force: dict[str, bool] = {}
        self._finds = 0
        self._guesses = 0

    def at_listed(self, finds: Iterable[Owned]) -> None:
        """Finds in the folded text itself."""
        for start, end, number, target, trick in finds:
            if not self._goes_on():
                return
            if target is None:
                if trick is Trick.DOUBLED:
                    self._doubled(start)
                else:
                    self._parts.append((start, end, *self._characters[number - len(self._targets)]))
                continue
            if not self._is_in_force(target):
                continue
            if target.form is not None:
                self._word_with_gaps(target, start, end, trick)
            elif trick is Trick.PLAIN:
                self._plain(target, start, end)
            else:
                self._respelt(target, start, end, trick)

    def at_rewritten(self, finds: Iterable[Owned], rewritten: Rewritten, trick: Trick) -> None:
        """Finds in the text written otherwise: only those that the rewriting touched."""
        text = rewritten.text
        for start, end, _, target, used in finds:
            if not self._goes_on():
                return
            if used is not Trick.PLAIN or target is None:
                continue
            if target.form is None and not rewritten.is_touched(start, end):
                continue
            wanted = target.depth is Depth.SHAPE if trick is Trick.SPLIT_CHARACTER else target.depth.guesses
            if trick is Trick.DOUBLED:
                wanted = target.may_be_doubled
            elif not is_respelt(target.letters):
                continue
            if not wanted or not self._is_in_force(target):
                continue
            spans = ((start, end, None),) if target.form is None else target.form.spans(text, start, end)
            for first, last, match in spans:
                parts = [(first, last)] if match is None else [match.span(1 + at) for at in range(len(match.groups()))]
                if any(rewritten.is_touched(*part) for part in parts) and is_free(target, text, first, last):
                    self._was_rewritten(target, *rewritten.place(first, last), trick)

    def at_views(self, finds: Iterable[Owned]) -> None:
        """Finds in the sounds and shapes of the text, which stand behind each other there."""
        text = self.passage.text
        shift = len(text) + 1
        for start, end, _, target, trick in finds:
            if not self._goes_on():
                return
            assert target is not None, "in the views stand words alone"
            is_shape = trick is Trick.LOOK_ALIKE_CHARACTER
            first, last = (start - shift, end - shift) if is_shape else (start, end)
            if target.form is not None:
                for one, other, places in gaps_in_view(target, text, self.views, first, last, trick):
                    self._guess(target, one, other, trick, places)
            elif places := changed_in_view(target, text, first, last, trick):
                self._guess(target, first, last, trick, places)

    def _doubled(self, start: int) -> None:
        """A character that a word begins with stands twice: so may the whole word."""
        is_odd = start % 2  # pairs from an odd place on never meet those from an even one
        if start >= self._paired_until[is_odd]:
            pairs = pairs_from(self.passage.text, start, most=MAX_PAIRS - len(self._pairs))
            self._pairs += pairs
            self.is_capped = self.is_capped or len(self._pairs) >= MAX_PAIRS
            self._paired_until[is_odd] = pairs[-1][1] if pairs else 0

    def text_written_once(self) -> Rewritten | None:
        """The text with stretches of characters that all stand twice written once; None where there are none.

        What stands twice near a stretch is written once, too: the other parts of a word with gaps.
        """
        if not self._pairs:
            return None
        text, around = self.passage.text, self._around
        pairs = set(self._pairs)
        reached = 0
        for start, end, _ in sorted(self._pairs):
            pairs.update(pairs_in(text, max(reached, start - around), end + around))
            reached = end + around
        return joined(text, pairs, around=around)

    def texts_joined(self) -> Iterator[Rewritten]:
        """The text with its character parts joined, where there are any, read in several ways.

        First those of which a part is seldom a word (亻言), then all (女子); first in the usual order, then in any; and
        each way once for every character that the same parts make.
        """
        if not self._parts:
            return
        text = self.passage.text
        done: set[tuple[str, tuple[int, ...]]] = set()
        for is_odd in (False, True):
            choices: dict[tuple[int, int], list[str]] = {}
            for start, end, char, odd in self._parts:
                if is_odd or not odd:
                    choices.setdefault((start, end), []).append(char)
            sure = {span: chars for span, chars in choices.items() if has_seldom(text[slice(*span)])}
            for some in (sure, choices):
                for way in range(min(_READINGS, max(map(len, some.values()), default=0))):
                    parts = ((*span, chars[way % len(chars)]) for span, chars in some.items())
                    whole = joined(text, parts, around=self._around)
                    known = (whole.text, tuple(whole.starts))
                    if known not in done:
                        done.add(known)
                        yield whole

    def _plain(self, target: Target, start: int, end: int) -> None:
        at_start, at_end = target.latin_edges
        if (at_start and self.passage.goes_on(start)) or (at_end and self.passage.goes_on(end)):
            return
        self.said.add((start, end))
        if not is_free(target, self.passage.text, start, end):
            self.known.add((start, end))
        elif self._is_one_phrase(target, start, end):
            self.known.add((start, end))
            self.candidates.add(Candidate(start, end, target))

    def _respelt(self, target: Target, start: int, end: int, trick: Trick) -> None:
        """A find of another spelling than the listed one."""
        text = self.passage.text
        if self.passage.is_inside_latin(start, end):
            return
        if trick.is_guess:
            places = changed(text, start, target.letters) if trick is Trick.LOOK_ALIKE_CHARACTER else []
            self._guess(target, start, end, trick, places)
        elif not target.is_allowed(text, start, end):
            self.candidates.add(Candidate(start, end, target, trick))

    def _word_with_gaps(self, target: Target, start: int, end: int, trick: Trick) -> None:
        """A find of a part of a word with gaps, or, with a look-alike, of the whole with its gaps closed."""
        text = self.passage.text
        if trick is Trick.LOOK_ALIKE_CHARACTER:
            self._respelt(target, start, end, trick)
        if trick is Trick.PLAIN and target.form is not None:
            for first, last, _ in target.form.spans(text, start, end):
                self._plain(target, first, last)
        for form in target.other_forms:
            for first, last, match in form.spans(text, start, end) if form.trick is trick else ():
                used = form.trick_of(match)
                if used is None or self.passage.is_inside_latin(first, last):
                    continue
                if used.is_guess:
                    self._guess(target, first, last, used, changed_parts(match, target))
                elif not target.is_allowed(text, first, last):
                    self.candidates.add(Candidate(first, last, target, used))

    def _guess(self, target: Target, start: int, end: int, trick: Trick, changed: list[int]) -> None:
        """A find with some characters changed: it counts when the whole is nothing ordinary."""
        if not self._is_in_force(target):
            return
        self._guesses += 1
        if self._guesses > MAX_GUESSES:
            self.is_capped = True
            return
        text = self.passage.text
        if is_ordinary(text, start, end, changed) or target.is_allowed(text, start, end):
            return
        if self._is_one_phrase(target, start, end):
            self.candidates.add(Candidate(start, end, target, trick))

    def _all_twice(self, target: Target, start: int, end: int) -> tuple[int, int]:
        """Where at folded [start, end) each of the word's characters stands twice; empty where one does not.

        Of three equal characters the pair may be the first two or the last two.
        """
        doubled = twice(target.letters)
        first = self.passage.text.find(doubled, max(0, start - 1), end + 1)
        return (start, start) if first < 0 else (first, first + len(doubled))

    def _was_rewritten(self, target: Target, start: int, end: int, trick: Trick) -> None:
        """A find in the text written otherwise that stands at folded [start, end)."""
        if trick is Trick.DOUBLED and target.form is None:
            start, end = self._all_twice(target, start, end)
        if trick is Trick.LETTER_BETWEEN and (boxes := boxes_in(self.passage.text, start, end)):
            if any(belongs_to_a_word(self.passage.text, at) for at in boxes):
                return
            trick = Trick.FILLER_BETWEEN
        if start < end and self._is_one_phrase(target, start, end):
            self.candidates.add(Candidate(start, end, target, trick))

    def _is_one_phrase(self, target: Target, start: int, end: int) -> bool:
        """Whether the original there is the word as the list wants it, and not two clauses."""
        if target.form is not None:
            return True
        place = self.passage.place(start, end)
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
