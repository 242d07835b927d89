"""The matcher: every listed word in every text, whatever disguise it wears, in microseconds.

Building one costs a moment and gives an immutable thing that all threads share; a new snapshot of wordlists is a new
matcher. Two engines stand behind the same promise: daachorse where its wheel exists, pyahocorasick everywhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Literal, NamedTuple, Protocol

from app.errors import SettingsError
from app.text import engine_daachorse
from app.text.candidates import (
    Candidate,
    Target,
    is_cut_by_a_clause,
    longest_of_each_list,
    spans_of,
    targets_of,
)
from app.text.engine_pyahocorasick import PyahocorasickEngine
from app.text.normalise import fold
from app.text.passage import Passage, TextField, read_together
from app.text.tricks import tricks_between
from app.text.words import WordlistSet
from app.values.deciding import Hit

__all__ = ["MAX_HITS", "EngineName", "Matcher", "Scan", "TextField", "build_matcher"]

EngineName = Literal["auto", "daachorse", "pyahocorasick"]

MAX_HITS = 200
"""Hits reported for one passage; more say nothing new, and a hostile text can have millions."""
_MAX_CANDIDATES = 10 * MAX_HITS
_MAX_FINDS = 20_000
"""Finds of the engine looked at for one passage before it is called capped."""


class Engine(Protocol):
    """Finds fixed strings in folded text; both implementations are held to the same tests."""

    name: str

    def matches(self, text: str) -> Iterable[tuple[int, int]]:
        """Pairs (end, number of the pattern), by end, longest first; empty and false when there are none."""
        ...


class Scan(NamedTuple):
    """What was found. `folded` is each field's folded text; `capped` says that there were more hits than are kept."""

    hits: tuple[Hit, ...]
    capped: bool
    folded: tuple[str, ...]


_Context = tuple[str, str | None, datetime]


class Matcher:
    """Listed words made findable. Immutable and shared by threads; built by `build_matcher`."""

    def __init__(self, engine: Engine, targets: Sequence[tuple[Target, ...]], *, words: int) -> None:
        self.engine = engine.name
        self.words = words
        self._find = engine.matches
        self._targets = targets

    def scan(self, fields: Sequence[TextField], *, content_kind: str, shop_category: str | None, at: datetime) -> Scan:
        """Find the words of all lists in force for this kind of content and shop at the instant (time-zone aware).

        Hits come in the order of the fields and of their starts. A phrase cut over neighbouring segments is a hit of
        the segment it begins in, with the part of it that stands there.
        """
        folds = [fold(field.text) for field in fields]
        hits: list[Hit] = []
        capped = False
        texts = tuple([folded.text for folded in folds])
        for first, last in read_together(fields):
            text = texts[first] if last - first == 1 else "".join(texts[first:last])
            if finds := self._find(text):
                passage = Passage(text, fields[first:last], folds[first:last])
                found, is_capped = self._hits(passage, finds, (content_kind, shop_category, at))
                hits += found
                capped = capped or is_capped
        return Scan(tuple(hits), capped, texts)

    def _hits(
        self, passage: Passage, finds: Iterable[tuple[int, int]], context: _Context
    ) -> tuple[Sequence[Hit], bool]:
        """The passage's hits, and whether there were too many."""
        in_force: dict[str, bool] = {}
        candidates: set[Candidate] = set()
        capped = False
        for count, (end, number) in enumerate(finds):
            if count >= _MAX_FINDS or len(candidates) > _MAX_CANDIDATES:
                capped = True
                break
            for target in self._targets[number]:
                if _is_in_force(target, context, in_force):
                    candidates.update(_confirmed(passage, target, end))
        kept = longest_of_each_list(candidates)
        return [_hit(passage, candidate) for candidate in kept[:MAX_HITS]], capped or len(kept) > MAX_HITS


def build_matcher(lists: WordlistSet, *, engine: EngineName = "auto") -> Matcher:
    """Make a whole set of lists findable; about 1.4 s for 64,000 words (each also doubled), once for a snapshot.

    Raises:
        SettingsError: the engine asked for has no wheel on this platform.
    """
    by_pattern: dict[str, list[Target]] = {}
    for wordlist in lists.lists:
        may_suggest = lists.categories[wordlist.category].is_suggestion_allowed
        for word in wordlist.words:
            for target in targets_of(wordlist, word, may_suggest=may_suggest):
                by_pattern.setdefault(target.anchor, []).append(target)
    targets = [tuple(together) for together in by_pattern.values()]
    return Matcher(_engine(list(by_pattern), engine), targets, words=lists.words)


def _engine(patterns: Sequence[str], asked: EngineName) -> Engine:
    if asked == "daachorse" and not engine_daachorse.IS_AVAILABLE:
        raise SettingsError("the matcher daachorse is not installed here; use auto or pyahocorasick")
    if asked == "pyahocorasick" or not engine_daachorse.IS_AVAILABLE:
        return PyahocorasickEngine(patterns)
    return engine_daachorse.DaachorseEngine(patterns)


def _is_in_force(target: Target, context: _Context, known: dict[str, bool]) -> bool:
    wordlist = target.wordlist
    if wordlist.name not in known:
        content_kind, shop_category, at = context
        known[wordlist.name] = wordlist.scope.covers(content_kind, shop_category) and wordlist.is_valid_at(at)
    return known[wordlist.name]


def _confirmed(passage: Passage, target: Target, end: int) -> Iterator[Candidate]:
    """The word's places around the find ending at folded `end` that survive every check."""
    for start, stop in spans_of(target, passage.text, end):
        at_start, at_end = target.latin_edges
        if (at_start and passage.goes_on(start)) or (at_end and passage.goes_on(stop)):
            continue
        if target.allow is not None and target.allow.cover(passage.text, start, stop):
            continue
        place = passage.place(start, stop)
        if target.wordlist.match == "exact" and target.gap_pattern is None and place.original != target.word.text:
            continue
        if target.gap_pattern is None and is_cut_by_a_clause(place.field.text, place.start, place.end):
            continue
        yield Candidate(start, stop, target)


def _hit(passage: Passage, candidate: Candidate) -> Hit:
    target = candidate.target
    word = target.word
    place = passage.place(candidate.start, candidate.end)
    tricks = list(tricks_between(place.original, word.text))
    tricks += ["doubled"] * target.is_doubled + ["split_over_segments"] * place.is_split
    return Hit(
        field=place.field.name,
        start=place.start,
        end=place.end,
        text=place.field.text[place.start : place.end],
        word=word.text,
        category=target.wordlist.category,
        wordlist=target.wordlist.name,
        verdict=target.verdict,
        source=word.source or target.wordlist.source,
        hidden_by=tuple(tricks),
        suggestion=target.suggestion,
        segment=place.field.segment,
        at_ms=place.field.at_ms,
    )
