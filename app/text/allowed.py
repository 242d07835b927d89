"""Allowed contexts: what around a listed word makes it harmless, written as data beside the word.

A phrase holds the word itself (`国家级非遗`) or `~` in its place (`~非遗`), and may hold gaps (`~{0,3}奖`). In a
list's head `~` stands for every word of the list, so one line lets a whole list be warned against: `警惕{0,6}~`,
`~{0,6}骗局`. A context never reaches over a sentence end, and excuses only the hits that it covers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from app.text.folding_table import WALL
from app.text.normalise import fold

WORD = "~"
_TOKEN = re.compile(r"(\{\d{1,3}(?:,\d{1,3})?\}|~)")
_LONGEST_GAP = 12


def fold_phrase(phrase: str) -> str:
    """The phrase with its literal pieces folded and its gaps and `~` kept; empty when nothing but those is left."""
    pieces = [piece if _TOKEN.fullmatch(piece) else fold(piece).text for piece in _TOKEN.split(phrase)]
    has_letters = any(piece for piece in pieces if not _TOKEN.fullmatch(piece))
    return "".join(pieces) if has_letters else ""


def widest_gap(phrase: str) -> int:
    """The most characters that one of the phrase's gaps lets through."""
    return max((int(most) for gap in re.findall(r"\{([\d,]+)\}", phrase) for most in gap.split(",")), default=0)


@dataclass(frozen=True, slots=True)
class Context:
    """A phrase made ready; `before` and `after` are set where `~` stands for the word, `whole` where a gap is in it."""

    phrase: str
    whole: re.Pattern[str] | None = None
    before: re.Pattern[str] | None = None
    after: re.Pattern[str] | None = None
    reach: int = 0

    def covers(self, text: str, start: int, end: int) -> bool:
        """Whether the phrase stands in folded `text` so that it covers [start, end)."""
        if self.before is not None and self.after is not None:
            is_led = self.before.search(text, max(0, start - self.reach), start) is not None
            return is_led and self.after.match(text, end) is not None
        if self.whole is not None:
            window = max(0, start - self.reach), end + self.reach
            return any(found.start() <= start and end <= found.end() for found in self.whole.finditer(text, *window))
        at = text.find(self.phrase, max(0, end - len(self.phrase)), start + len(self.phrase))
        return 0 <= at <= start


@cache
def read_context(phrase: str) -> Context:
    """Make a folded phrase ready; cached, because a list's head gives the same ones to each of its words."""
    reach = len(_TOKEN.sub("", phrase)) + sum(widest_gap(gap) for gap in _TOKEN.findall(phrase))
    if WORD in phrase:
        before, after = phrase.split(WORD, 1)
        return Context(phrase, None, re.compile(_source(before) + r"\Z"), re.compile(_source(after)), reach)
    whole = re.compile(_source(phrase)) if _TOKEN.search(phrase) else None
    return Context(phrase, whole, None, None, reach)


def what_is_wrong(phrase: str) -> str:
    """Why a phrase as it was written cannot be an allowed context, or nothing."""
    if phrase.count(WORD) > 1:
        return f"more than one {WORD}"
    if any(brace in _TOKEN.sub("", phrase) for brace in "{}"):
        return "a gap that cannot be read"
    return f"a gap over {_LONGEST_GAP} characters" if widest_gap(phrase) > _LONGEST_GAP else ""


def _source(phrase: str) -> str:
    """The phrase as a pattern: literals escaped, gaps of anything but a sentence end."""
    return "".join(
        f"[^{WALL}]{piece}?" if _TOKEN.fullmatch(piece) else re.escape(piece) for piece in _TOKEN.split(phrase)
    )
