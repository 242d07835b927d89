"""Words that a set of wordlists adds, what speaks against each, and the same set without some of them. Pure.

Whoever decides a candidate may let it in without single words. Only words that it adds can be left out: a word that is
in force already was let in by somebody, and taking it out is a change of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.text.edit_lists import retired
from app.text.normalise import fold
from app.text.word_checks import HOLDING, added_words, check_added
from app.text.words import WordlistSet
from app.values.deciding import Verdict

_STOPPING = (Verdict.REVIEW, Verdict.BLOCK)
_MOST_TRIED = 3_000
"""With more added words than this they are not held against honest titles one by one."""


@dataclass(frozen=True, slots=True)
class Added:
    """One word that is added. ``against`` are the kinds of findings, ``strikes`` an honest title it stands in."""

    wordlist: str
    word: str
    folded: str
    verdict: str
    against: tuple[str, ...] = ()
    strikes: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What names it."""
        return self.wordlist, self.folded

    @property
    def is_doubtful(self) -> bool:
        """Whether anything speaks against it."""
        return bool(self.against) or self.strikes is not None


def added(before: WordlistSet, after: WordlistSet, titles: Sequence[str] = ()) -> list[Added]:
    """Every added word, the doubtful ones first, then in the order of the lists."""
    against: dict[tuple[str, str], list[str]] = defaultdict(list)
    for finding in check_added(before, after):
        if finding.kind in HOLDING:
            against[finding.wordlist, fold(finding.word).text].append(finding.kind)
    new = list(added_words(before, after))
    folded = [(title, fold(title).text) for title in titles] if len(new) <= _MOST_TRIED else []
    found = []
    for wordlist, word in new:
        verdict = word.verdict or wordlist.verdict
        struck = next((title for title, text in folded if word.folded in text), None) if verdict in _STOPPING else None
        kinds = tuple(against.get((wordlist.name, word.folded), ()))
        found.append(Added(wordlist.name, word.text, word.folded, verdict.value, kinds, struck))
    return sorted(found, key=lambda each: not each.is_doubtful)


def without(files: Mapping[str, str], left_out: Collection[tuple[str, str]]) -> dict[str, str]:
    """The files without these words, each named by its list and as it is folded; a list left empty goes, too."""
    made = dict(files)
    by_list: dict[str, set[str]] = defaultdict(set)
    for wordlist, folded in left_out:
        by_list[f"{wordlist}.txt"].add(folded)
    for name, words in by_list.items():
        if text := retired(made[name], words):
            made[name] = text
        else:
            del made[name]
    return made


def keys_of(words: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Words as a person wrote them, by list, as they are named here."""
    return {(wordlist, fold(word).text) for wordlist, word in words}
