"""From what an engine found to what counts: gaps, whole words, clause breaks, allowed contexts, nested words.

An engine only knows that some letters stand somewhere in a text. Everything that makes such a find a hit of a listed
word is asked here, of the few finds there are and never of the whole text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from app.text.allowed import Contexts, read_contexts
from app.text.characters import is_han
from app.text.edges import AROUND, reaches_over
from app.text.gap_words import Form, other_forms, plain_form, view_forms
from app.text.normalise import without_markup
from app.text.spellings import Trick
from app.text.words import Category, Depth, Edges, Spell, Word, Wordlist
from app.values.deciding import Verdict

_MOST_HOMOPHONES = 3
_CLAUSE_COMMAS = re.compile("[,，;；:：]")


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """One listed word as the matcher looks for it; `anchor` is the part the engine is given.

    `form` and `other_forms` are there for a word with gaps, as is `view_forms`. `most_homophones` is how many of its
    characters may be others of the same sound. `latin_edges` and `word_edges` say for its start and its end whether it
    must not stand within a Latin word, and whether no ordinary word may reach over it.
    """

    wordlist: Wordlist
    word: Word
    letters: str
    anchor: str
    form: Form | None
    other_forms: tuple[Form, ...]
    view_forms: Mapping[Trick, Form]
    most_homophones: int
    latin_edges: tuple[bool, bool]
    word_edges: tuple[bool, bool]
    allow: Contexts | None
    suggestion: str | None

    @property
    def depth(self) -> Depth:
        """The word's own depth, else its list's."""
        return self.word.match or self.wordlist.match

    def is_allowed(self, text: str, start: int, end: int) -> bool:
        """Whether one of its allowed contexts stands around folded [start, end)."""
        return self.allow is not None and self.allow.cover(text, start, end)

    @property
    def reach(self) -> int:
        """How far from any of its characters it has to be looked at: its own length, its contexts, its edges."""
        length = len(self.letters) if self.form is None else self.form.reach
        return length + (self.allow.reach if self.allow else 0) + AROUND

    @property
    def may_be_closed(self) -> bool:
        """Whether its gaps may be empty."""
        return all(gap.least == 0 for gap in self.word.gaps)

    @property
    def may_be_doubled(self) -> bool:
        """Whether it is also looked for with every character written twice."""
        return self.depth is not Depth.EXACT and not self.letters.isascii()

    @property
    def spell(self) -> frozenset[Spell] | None:
        """The word's own Latin spellings, else its list's."""
        return self.word.spell if self.word.spell is not None else self.wordlist.spell

    def verdict(self, trick: Trick) -> Verdict:
        """The word's own verdict, else its list's; what is only guessed goes to a person."""
        verdict = self.word.verdict or self.wordlist.verdict
        return Verdict.REVIEW if trick.is_guess and verdict is Verdict.BLOCK else verdict


class Candidate(NamedTuple):
    """A listed word at folded [start, end) of a passage."""

    start: int
    end: int
    target: Target
    trick: Trick = Trick.PLAIN

    @property
    def verdict(self) -> Verdict:
        """What it alone would decide."""
        return self.target.verdict(self.trick)


def target_of(wordlist: Wordlist, word: Word, category: Category, *, alike: int) -> Target:
    """The word of a list of that category as it is looked for, with `alike` look-alikes of each character."""
    letters = "".join(word.parts)
    depth = word.match or wordlist.match
    return Target(
        wordlist=wordlist,
        word=word,
        letters=letters,
        anchor=max(word.parts, key=len),
        form=plain_form(word) if word.gaps else None,
        other_forms=tuple(other_forms(word, depth=depth, alike=alike)) if word.gaps else (),
        view_forms=view_forms(word) if word.gaps and depth.guesses else {},
        most_homophones=min(max(sum(map(is_han, letters)) - 2, 1), _MOST_HOMOPHONES),
        latin_edges=(_is_latin_edge(letters), _is_latin_edge(letters[::-1])),
        word_edges=_word_edges(wordlist, word),
        allow=read_contexts((*wordlist.allow, *word.allow)) if wordlist.allow or word.allow else None,
        suggestion=word.suggest if category.is_suggestion_allowed else None,
    )


def _is_latin_edge(letters: str) -> bool:
    """Whether the word begins with letters that must not be the rest of a longer word.

    So for a wholly Latin word, and for a single letter beside Chinese: `加v` is not in 加VIP, `加vx` is in `加vxab`.
    """
    return letters.isascii() or (letters[0].isascii() and not letters[1].isascii())


def _word_edges(wordlist: Wordlist, word: Word) -> tuple[bool, bool]:
    edges = word.edges or wordlist.edges
    first, last = word.parts[0], word.parts[-1]
    if edges is Edges.ANY:
        return False, False
    every = edges is Edges.WORD or sum(map(len, word.parts)) <= 2  # noqa: PLR2004 - what `short` means
    return is_han(first[0]) and (every or len(first) == 1), is_han(last[-1]) and (every or len(last) == 1)


def is_between_words(target: Target, text: str, start: int, end: int) -> bool:
    """Whether no ordinary word reaches over the edges that the word wants free."""
    at_start, at_end = target.word_edges
    if not (at_start or at_end):
        return True
    over_start, over_end = reaches_over(text, start, end)
    return not (at_start and over_start) and not (at_end and over_end)


def is_free(target: Target, text: str, start: int, end: int) -> bool:
    """Whether no allowed context and no ordinary word takes the place."""
    return not target.is_allowed(text, start, end) and is_between_words(target, text, start, end)


def is_cut_by_a_clause(original: str, start: int, end: int) -> bool:
    """Whether a comma inside original [start, end) parts two clauses, as in `质量最，佳能相机`.

    A comma beside a single character is a trick (`微，信`), one between longer runs is punctuation.
    """
    original = without_markup(original[max(0, start - 2) : end + 2])
    shift = min(start, 2)
    for comma in _CLAUSE_COMMAS.finditer(original, shift, shift + end - start):
        at = comma.start()
        before, after = original[max(0, at - 2) : at], original[at + 1 : at + 3]
        if len(before) == len(after) == 2 and before.isalnum() and after.isalnum():  # noqa: PLR2004 - see above
            return True
    return False


def those_that_count(candidates: Iterable[Candidate], said: Iterable[tuple[int, int]]) -> list[Candidate]:
    """Without guesses at what surely is something else, and the longest of each list; by start, longest first.

    `said` are the places of words that stand there as listed, whether they count or are excused.
    """
    ordered = sorted(candidates, key=_longest_first)
    sure = sorted({*said, *((each.start, each.end) for each in ordered if not each.trick.is_guess)}, reverse=True)
    kept: list[Candidate] = []
    surely_until = -1
    for candidate in ordered:
        while sure and sure[-1][0] <= candidate.start:
            surely_until = max(surely_until, sure.pop()[1])
        if not candidate.trick.is_guess or candidate.end > surely_until:
            kept.append(candidate)
    return _longest_of_each_list(kept)


def _longest_of_each_list(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Without those inside a longer hit of the same list, unless they are judged harder."""
    kept: list[Candidate] = []
    reached: dict[str, dict[int, int]] = {}
    for candidate in candidates:
        ends = reached.setdefault(candidate.target.wordlist.name, {})
        hardness = candidate.verdict.hardness
        if any(end >= candidate.end for harder, end in ends.items() if harder >= hardness):
            continue
        ends[hardness] = candidate.end
        kept.append(candidate)
    return kept


def _longest_first(candidate: Candidate) -> tuple[int, int, bool, int, int, str, int]:
    target = candidate.target
    return (
        candidate.start,
        -candidate.end,
        candidate.trick.is_guess,
        -candidate.verdict.hardness,
        candidate.trick,
        target.wordlist.name,
        target.word.line,
    )
