"""Words, lists and categories as values: what files of words say once they are known to be right.

Reading the files lives in `wordlist`; here stand only the frozen shapes that the matcher, the console and the snapshots
share.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum

from app.values.deciding import Verdict

CHINA_TIME = timezone(timedelta(hours=8))
"""Validity dates are Chinese calendar days; China has had no summer time since 1991."""


class Depth(StrEnum):
    """How far from its written form a word is looked for; each depth holds the ones before it.

    The last two look only for words of three or more Chinese characters: shorter ones sound and look like too much.
    """

    EXACT = "exact"  # as written
    FOLD = "fold"  # through forms, marks and whatever stands between the characters
    SOUND = "sound"  # through other characters and letters that say the same, letters between, and reversed
    SHAPE = "shape"  # through characters that look alike or are written in pieces

    @property
    def guesses(self) -> bool:
        """Whether the word is also looked for by sound."""
        return self in {Depth.SOUND, Depth.SHAPE}


class Edges(StrEnum):
    """What may stand around a word."""

    ANY = "any"  # anything
    SHORT = "short"  # as `word` for words of two characters and for single characters at the edge of one with gaps
    WORD = "word"  # no ordinary word that reaches over its edge: not the 刷单 of 印刷单页


class Spell(StrEnum):
    """In which Latin letters a word may be written."""

    PINYIN = "pinyin"
    INITIALS = "initials"
    NONE = "none"


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
class Names:
    """Some names, or all but some; both empty means all."""

    only: frozenset[str] = frozenset()
    other_than: frozenset[str] = frozenset()

    def cover(self, name: str | None) -> bool:
        """Whether the name is among them. An unknown name is: doubt is not a pass."""
        if name is None:
            return True
        return (not self.only or name in self.only) and name not in self.other_than


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of a content when its words are looked for; `at` is time-zone aware, None is unknown."""

    kind: str
    at: datetime
    shop_category: str | None = None
    shop: str | None = None

    @property
    def day(self) -> date:
        """The Chinese calendar day."""
        return self.at.astimezone(CHINA_TIME).date()


@dataclass(frozen=True, slots=True)
class Where:
    """Where and when a list or a word applies. `first_day` and `last_day` are inclusive Chinese calendar days."""

    kinds: Names = field(default_factory=Names)
    shop_categories: Names = field(default_factory=Names)
    shops: Names = field(default_factory=Names)
    first_day: date | None = None
    last_day: date | None = None

    def covers(self, context: Context) -> bool:
        """Whether it applies to that content at that time."""
        return (
            self.kinds.cover(context.kind)
            and self.shop_categories.cover(context.shop_category)
            and self.shops.cover(context.shop)
            and (self.first_day is None or self.first_day <= context.day)
            and (self.last_day is None or context.day <= self.last_day)
        )


@dataclass(frozen=True, slots=True)
class Word:
    """One line of a wordlist.

    `text` is the word as written, `parts` its folded literal pieces with `gaps` between them (one piece and no gap for
    an ordinary word). `allow` are folded phrases in which the word is harmless. `verdict`, `source`, `match`, `edges`
    and `spell` are None where the list's own hold; `scope` and the period narrow the list's.
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
    match: Depth | None = None
    edges: Edges | None = None
    spell: frozenset[Spell] | None = None
    where: Where | None = None

    @property
    def folded(self) -> str:
        """What makes two words the same word."""
        pieces = [self.parts[0]]
        for gap, part in zip(self.gaps, self.parts[1:], strict=True):
            pieces += [f"{{{gap.least},{gap.most}}}", part]
        return "".join(pieces)


@dataclass(frozen=True, slots=True)
class Wordlist:
    """One file of words under one head."""

    name: str
    category: str
    verdict: Verdict
    source: str
    owner: str
    words: tuple[Word, ...]
    match: Depth = Depth.FOLD
    where: Where = field(default_factory=Where)
    allow: tuple[str, ...] = ()
    edges: Edges = Edges.ANY
    spell: frozenset[Spell] | None = None


@dataclass(frozen=True, slots=True)
class Exemption:
    """Listed words that are lawful for one shop, because it showed so: a trademark, an award, an approval number.

    `words` are (list's name, word as written); `named` is what the file calls them. `within` are folded phrases, one
    of which has to stand around the word; none means anywhere. `where` always has both days.
    """

    shop: str
    words: frozenset[tuple[str, str]]
    named: str
    reason: str
    basis: str
    approved_by: str
    where: Where
    within: tuple[str, ...] = ()
    line: int = 0

    @property
    def last_day(self) -> date:
        """The last day it holds."""
        assert self.where.last_day is not None, "an exemption without an end is refused when it is read"
        return self.where.last_day


@dataclass(frozen=True, slots=True)
class WordlistSet:
    """Everything a snapshot holds about words: the categories by id, the lists in order of their names, exemptions."""

    categories: Mapping[str, Category]
    lists: tuple[Wordlist, ...]
    exemptions: tuple[Exemption, ...] = ()

    @property
    def words(self) -> int:
        """Number of words over all lists."""
        return sum(len(wordlist.words) for wordlist in self.lists)
