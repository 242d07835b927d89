"""Words, lists and categories as values: what files of words say once they are known to be right.

Reading the files lives in `wordlist`; here stand only the frozen shapes that the matcher, the console and the snapshots
share.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone

from app.values.deciding import Verdict

CHINA_TIME = timezone(timedelta(hours=8))
"""Validity dates are Chinese calendar days; China has had no summer time since 1991."""


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of unlawful or unwanted wording. `severity` runs from 1 (style) to 5 (danger to people).

    `suggest` is the advice given with a word that brings none of its own.
    """

    id: str
    title: str
    law: str
    severity: int
    is_suggestion_allowed: bool = True
    suggest: str | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """Between two parts of a word stand `least` to `most` folded characters of any kind but a sentence end."""

    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Word:
    """One line of a wordlist.

    `text` is the word as written, `parts` its folded literal pieces with `gaps` between them (one piece and no gap for
    an ordinary word). `allow` are folded phrases in which the word is harmless. `verdict` and `source` are None where
    the list's own hold.
    """

    text: str
    parts: tuple[str, ...]
    gaps: tuple[Gap, ...] = ()
    allow: tuple[str, ...] = ()
    note: str = ""
    suggest: str | None = None
    verdict: Verdict | None = None
    source: str | None = None
    line: int = 0

    @property
    def folded(self) -> str:
        """What makes two words the same word."""
        pieces = [self.parts[0]]
        for gap, part in zip(self.gaps, self.parts[1:], strict=True):
            pieces += [f"{{{gap.least},{gap.most}}}", part]
        return "".join(pieces)


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a list applies; empty means everywhere. An unknown shop category is in scope: doubt is not a pass."""

    kinds: frozenset[str] = frozenset()
    shop_categories: frozenset[str] = frozenset()
    other_than: frozenset[str] = frozenset()

    def covers(self, content_kind: str, shop_category: str | None) -> bool:
        """Whether content of that kind in a shop of that category is judged by the list."""
        if self.kinds and content_kind not in self.kinds:
            return False
        if shop_category is None:
            return True
        inside = not self.shop_categories or shop_category in self.shop_categories
        return inside and shop_category not in self.other_than


@dataclass(frozen=True, slots=True)
class Wordlist:
    """One file of words under one head.

    `match` says how far from the written form a word is looked for: `exact`, `fold`, `sound` or `shape`; the last two
    are looked for as `fold`. `valid_from` and `valid_to` are inclusive Chinese calendar days.
    """

    name: str
    category: str
    verdict: Verdict
    source: str
    owner: str
    words: tuple[Word, ...]
    match: str = "fold"
    scope: Scope = field(default_factory=Scope)
    allow: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None

    def is_valid_at(self, at: datetime) -> bool:
        """Whether the list is in force at the instant (time-zone aware)."""
        if self.valid_from is None and self.valid_to is None:
            return True
        day = at.astimezone(CHINA_TIME).date()
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class WordlistSet:
    """Everything a snapshot holds about words: the categories by id, and the lists in order of their names."""

    categories: Mapping[str, Category]
    lists: tuple[Wordlist, ...]

    @property
    def words(self) -> int:
        """Number of words over all lists."""
        return sum(len(wordlist.words) for wordlist in self.lists)
