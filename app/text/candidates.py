"""From what an engine found to what counts: gaps, whole words, clause breaks, allowed contexts, nested words.

An engine only knows that some letters stand somewhere in folded text. Everything that makes such a find a hit of a
listed word is asked here, of the few finds there are and never of the whole text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from app.text.allowed import Contexts, read_contexts
from app.text.folding_table import WALL
from app.text.words import Word, Wordlist
from app.values.deciding import Verdict

_CLAUSE_COMMAS = re.compile("[,，;；:：]")


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """One listed word as the matcher looks for it; `anchor` is the part the engine is given."""

    wordlist: Wordlist
    word: Word
    anchor: str
    gap_pattern: re.Pattern[str] | None
    reach: int
    latin_edges: tuple[bool, bool]
    is_doubled: bool
    allow: Contexts | None
    may_suggest: bool

    @property
    def suggestion(self) -> str | None:
        """What to write instead, where the category lets it be said."""
        return self.word.suggest if self.may_suggest else None

    @property
    def verdict(self) -> Verdict:
        """The word's own verdict, else its list's."""
        return self.word.verdict or self.wordlist.verdict


class Candidate(NamedTuple):
    """A listed word at folded [start, end) of a passage."""

    start: int
    end: int
    target: Target


def targets_of(wordlist: Wordlist, word: Word, *, may_suggest: bool) -> Iterator[Target]:
    """What to look for to find the word: itself, and each of its characters written twice."""
    anchor = max(word.parts, key=len)
    letters = "".join(word.parts)
    yield Target(
        wordlist=wordlist,
        word=word,
        anchor=anchor,
        gap_pattern=_gap_pattern(word) if word.gaps else None,
        reach=len(letters) + sum(gap.most for gap in word.gaps) - len(anchor),
        latin_edges=(_is_latin_edge(letters), _is_latin_edge(letters[::-1])),
        is_doubled=False,
        allow=read_contexts((*wordlist.allow, *word.allow)) if wordlist.allow or word.allow else None,
        may_suggest=may_suggest,
    )
    if not word.gaps and not letters.isascii() and wordlist.match != "exact":
        twice = "".join([letter * 2 for letter in letters])
        yield Target(
            wordlist, word, twice, None, 0, (False, False), is_doubled=True, allow=None, may_suggest=may_suggest
        )


def _is_latin_edge(letters: str) -> bool:
    """Whether the word begins with letters that must not be the rest of a longer word.

    So for a wholly Latin word, and for a single letter beside Chinese: `加v` is not in 加VIP, `加vx` is in `加vxab`.
    """
    return letters.isascii() or (letters[0].isascii() and not letters[1].isascii())


def _gap_pattern(word: Word) -> re.Pattern[str]:
    pieces = [re.escape(word.parts[0])]
    for gap, part in zip(word.gaps, word.parts[1:], strict=True):
        pieces += [f"[^{WALL}]{{{gap.least},{gap.most}}}?", re.escape(part)]
    return re.compile("".join(pieces))


def spans_of(target: Target, text: str, end: int) -> Iterable[tuple[int, int]]:
    """Where the whole word stands around its anchor, which ends at folded `end`."""
    start = end - len(target.anchor)
    if target.gap_pattern is None:
        return ((start, end),)
    window = max(0, start - target.reach), min(len(text), end + target.reach)
    found = target.gap_pattern.finditer(text, *window)
    return [match.span() for match in found if match.start() <= start and end <= match.end()]


def is_cut_by_a_clause(original: str, start: int, end: int) -> bool:
    """Whether a comma inside original [start, end) parts two clauses, as in `质量最，佳能相机`.

    A comma beside a single character is a trick (`微，信`), one between longer runs is punctuation.
    """
    for comma in _CLAUSE_COMMAS.finditer(original, start, end):
        at = comma.start()
        before, after = original[max(0, at - 2) : at], original[at + 1 : at + 3]
        if len(before) == len(after) == 2 and before.isalnum() and after.isalnum():  # noqa: PLR2004 - see above
            return True
    return False


def longest_of_each_list(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Without those inside a longer hit of the same list, unless they are judged harder; by start, longest first."""
    ordered = sorted(candidates, key=_longest_first)
    kept: list[Candidate] = []
    reached: dict[str, dict[int, int]] = {}
    for candidate in ordered:
        ends = reached.setdefault(candidate.target.wordlist.name, {})
        hardness = candidate.target.verdict.hardness
        if any(end >= candidate.end for harder, end in ends.items() if harder >= hardness):
            continue
        ends[hardness] = candidate.end
        kept.append(candidate)
    return kept


def _longest_first(candidate: Candidate) -> tuple[int, int, int, str, int]:
    target = candidate.target
    return candidate.start, -candidate.end, -target.verdict.hardness, target.wordlist.name, target.word.line
