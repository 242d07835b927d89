"""Checks of new words that need no text to try them on: would this word hit what everybody writes?

Asked of the words a refresh adds, never of a whole list: those that are in force have been weighed by people.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import rjieba

from app.text.words import Word, Wordlist, WordlistSet
from app.values.deciding import Verdict

_PLAIN = frozenset("~{")


class Finding(NamedTuple):
    """Something about an added word. ``kind`` is ``one_character``, ``ordinary``, ``allowed`` or ``duplicate``."""

    kind: str
    wordlist: str
    word: str
    said: str


HOLDING = frozenset({"one_character", "ordinary", "allowed"})
"""Findings for which a person has to look; a word in two categories is only told."""


def added_words(before: WordlistSet, after: WordlistSet) -> Iterator[tuple[Wordlist, Word]]:
    """Words that a list did not have, with their list."""
    old = {each.name: {word.folded for word in each.words} for each in before.lists}
    for wordlist in after.lists:
        known = old.get(wordlist.name, set())
        yield from ((wordlist, word) for word in wordlist.words if word.folded not in known)


def check_added(before: WordlistSet, after: WordlistSet) -> list[Finding]:
    """What is to be said of the words that ``after`` adds, list by list."""
    listed: dict[str, list[Wordlist]] = defaultdict(list)
    for wordlist in after.lists:
        for word in wordlist.words:
            listed[word.folded].append(wordlist)
    contexts = _contexts(before)
    return [
        finding
        for wordlist, word in added_words(before, after)
        for finding in _one(wordlist, word, listed[word.folded], contexts)
    ]


def new_blocks(before: WordlistSet, after: WordlistSet) -> int:
    """How many words block that did not."""
    blocked = {(each.name, word.folded) for each in before.lists for word in each.words if _blocks(each, word)}
    return sum(
        _blocks(each, word) and (each.name, word.folded) not in blocked for each in after.lists for word in each.words
    )


def changed_bp(before: Wordlist, after: Wordlist | None) -> int:
    """The share of a list's words that are added, removed or written otherwise, in basis points of what it had."""
    old = {word.folded: _said(before, word) for word in before.words}
    new = {} if after is None else {word.folded: _said(after, word) for word in after.words}
    changed = sum(old.get(folded) != new.get(folded) for folded in old.keys() | new.keys())
    return changed * 10_000 // len(old)


def _said(wordlist: Wordlist, word: Word) -> tuple[object, ...]:
    return (word.verdict or wordlist.verdict, word.match or wordlist.match, word.gaps)


def _blocks(wordlist: Wordlist, word: Word) -> bool:
    return (word.verdict or wordlist.verdict) is Verdict.BLOCK


def _one(wordlist: Wordlist, word: Word, same: list[Wordlist], contexts: dict[str, list[str]]) -> Iterator[Finding]:
    others = sorted({each.name for each in same if each.category != wordlist.category})
    if others:
        yield Finding("duplicate", wordlist.name, word.text, f"also in {', '.join(others)}")
    if word.gaps:
        return
    if rjieba.has_word(word.folded):
        yield Finding("ordinary", wordlist.name, word.text, "an ordinary word of the dictionary")
    if held := contexts.get(word.folded):
        yield Finding("allowed", wordlist.name, word.text, f"stands in the allowed context {held[0]}")


def _contexts(lists: WordlistSet) -> dict[str, list[str]]:
    """Every piece of the plain allowed contexts in force, up to eight characters, to the contexts that hold it."""
    found: dict[str, list[str]] = defaultdict(list)
    for wordlist in lists.lists:
        for word in wordlist.words:
            own = {word.folded}
            for phrase in word.allow:
                if _PLAIN & set(phrase):
                    continue
                for start in range(len(phrase)):
                    for end in range(start + 2, min(len(phrase), start + 8) + 1):
                        if phrase[start:end] not in own and len(found[phrase[start:end]]) == 0:
                            found[phrase[start:end]].append(phrase)
    return found
