"""Counting what wordlists hold and what they find: how many words of which kind, and which of them fire on texts.

A list is judged by both. The first says how it is kept (whose words have a source, an excuse, a better wording), the
second what it does: a word that fires on a tenth of honest titles is a wrong word, however well it cites the law.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from app.text.match import Context, Matcher
from app.text.passage import TextField
from app.text.words import Category, Word, Wordlist, WordlistSet
from app.values.deciding import Verdict


@dataclass(frozen=True, slots=True)
class ListStats:
    """One list in numbers of words.

    `with_allow` counts words with allowed contexts of their own, `list_allow` those of the head, `with_suggest` words
    with a wording better than their category's advice, `unchecked` words whose note says 出处待核.
    """

    name: str
    category: str
    title: str
    source: str
    words: int
    block: int
    review: int
    label: int
    with_gaps: int
    with_allow: int
    with_suggest: int
    with_source: int
    unchecked: int
    list_allow: int
    match: str
    shortest: str
    longest: str
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Firing:
    """A word and in how many texts it stands."""

    wordlist: str
    word: str
    verdict: Verdict
    texts: int


@dataclass(frozen=True, slots=True)
class TextStats:
    """What the lists find in texts: how many have a hit, how many one that blocks; words by how many texts they hit."""

    texts: int
    flagged: int
    blocked: int
    by_list: dict[str, int]
    words: tuple[Firing, ...]


def list_stats(lists: WordlistSet) -> tuple[ListStats, ...]:
    """Every list in numbers, in order of their names."""
    return tuple([_one_list(wordlist, lists.categories[wordlist.category]) for wordlist in lists.lists])


def text_stats(matcher: Matcher, texts: Iterable[str], *, content_kind: str, at: datetime) -> TextStats:
    """Which words of the lists in force at the instant fire on the texts, the most frequent first.

    `label` asks for nothing but a mark, so it makes a text neither flagged nor blocked; its words are counted.
    """
    count = flagged = blocked = 0
    by_list: Counter[str] = Counter()
    by_word: Counter[tuple[str, str, Verdict]] = Counter()
    for text in texts:
        hits = matcher.scan([TextField("text", text)], Context(content_kind, at)).hits
        verdicts = {hit.verdict for hit in hits}
        count += 1
        flagged += bool(verdicts & {Verdict.BLOCK, Verdict.REVIEW})
        blocked += Verdict.BLOCK in verdicts
        by_list.update({hit.wordlist for hit in hits})
        by_word.update({(hit.wordlist, hit.word, hit.verdict) for hit in hits})
    ranked = sorted(by_word.items(), key=lambda item: (-item[1], item[0]))
    return TextStats(count, flagged, blocked, dict(by_list.most_common()), tuple([Firing(*k, n) for k, n in ranked]))


def _one_list(wordlist: Wordlist, category: Category) -> ListStats:
    words = wordlist.words
    verdicts = Counter(word.verdict or wordlist.verdict for word in words)
    return ListStats(
        name=wordlist.name,
        category=category.id,
        title=category.title,
        source=wordlist.source,
        words=len(words),
        block=verdicts[Verdict.BLOCK],
        review=verdicts[Verdict.REVIEW],
        label=verdicts[Verdict.LABEL],
        with_gaps=sum(bool(word.gaps) for word in words),
        with_allow=sum(bool(word.allow) for word in words),
        with_suggest=sum(word.suggest not in (None, category.suggest) for word in words),
        with_source=sum(word.source not in (None, wordlist.source) for word in words),
        unchecked=sum("出处待核" in word.note for word in words),
        list_allow=len(wordlist.allow),
        match=wordlist.match,
        shortest=min(words, key=_letters).text,
        longest=max(words, key=_letters).text,
        valid_from=wordlist.where.first_day,
        valid_to=wordlist.where.last_day,
    )


def _letters(word: Word) -> int:
    return sum(map(len, word.parts))
