"""Allowed contexts: what around a listed word makes it harmless, written as data beside the word.

A phrase holds the word itself (`国家级非遗`) or `~` in its place (`~非遗`), and may hold gaps (`~{0,3}奖`). In a
list's head `~` stands for every word of the list, so one line lets a whole list be warned against: `警惕{0,6}~`,
`~{0,6}骗局`. A context never reaches over a sentence end, and excuses only the hits that it covers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from app.text.claims.wording import as_folded
from app.text.folding_table import WALL
from app.text.normalise import fold

WORD = "~"
_TOKEN = re.compile(r"(\{\d{1,3}(?:,\d{1,3})?\}|~)")
_LONGEST_GAP = 12
_ANY = f"[^{WALL}]"
_NO_FAKE = f"(?:(?!假冒|仿冒|假货|冒牌|山寨){_ANY})"
"""In a gap before a word: 谨防假冒 is whole by itself, on half of all packages, and excuses nothing that follows it."""


_ASKS = "吗"
_BECKONS = (
    "点进来|点击|戳|私信|私聊|滴滴|加我|加[微薇威vV]|找我|问我|联系我|咨询|评论区|下单|拍下|包邮|现货|链接|小黄车|橱窗|直播间"
    "|领取|扫码|试试|就是它|就是这|我家|祖传|秘方|当然(?!不|没|是假)|没错|有[!！,，]"
)


@cache
def _no_offer() -> str:
    """Behind a question: 根治糖尿病靠谱吗 doubts, and with 私信我 behind it is how a seller asks.

    Made when first asked for: folding makes a table, which a command that screens nothing does without.
    """
    return f"(?![\\s\\S]{{0,30}}?(?:{as_folded(_BECKONS)}))"


def fold_phrase(phrase: str) -> str:
    """The phrase with its literal pieces folded and its gaps and `~` kept; empty when nothing but those is left."""
    pieces = [piece if _TOKEN.fullmatch(piece) else fold(piece).text for piece in _TOKEN.split(phrase)]
    has_letters = any(piece for piece in pieces if not _TOKEN.fullmatch(piece))
    return "".join(pieces) if has_letters else ""


def widest_gap(phrase: str) -> int:
    """The most characters that one of the phrase's gaps lets through."""
    return max((int(most) for gap in re.findall(r"\{([\d,]+)\}", phrase) for most in gap.split(",")), default=0)


class Around(NamedTuple):
    """A phrase with something on both sides of `~`."""

    before: re.Pattern[str]
    after: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Contexts:
    """All contexts of one word made ready; those with one side are asked together, so that many cost like few.

    ``ends`` and ``begins`` are what stands before and after the word without gaps, ``before`` and ``after`` with them.
    """

    plain: tuple[str, ...]
    ends: tuple[str, ...]
    begins: tuple[str, ...]
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None
    around: tuple[Around, ...]
    gapped: tuple[re.Pattern[str], ...]
    reach: int

    def cover(self, text: str, start: int, end: int) -> bool:
        """Whether one of the phrases stands in folded `text` so that it covers [start, end)."""
        if text.startswith(self.begins, end) or text.endswith(self.ends, 0, start):
            return True
        return self._cover_with_gaps(text, start, end)

    def _cover_with_gaps(self, text: str, start: int, end: int) -> bool:
        """As `cover`, of the phrases that are not simply what stands right beside the word."""
        first = max(0, start - self.reach)
        if self.after is not None and self.after.match(text, end):
            return True
        if self.before is not None and self.before.search(text, first, start):
            return True
        if self.around and any(
            each.before.search(text, first, start) and each.after.match(text, end) for each in self.around
        ):
            return True
        if self.plain and any(_covers(phrase, text, start, end) for phrase in self.plain):
            return True
        if not self.gapped:
            return False
        finds = (found for pattern in self.gapped for found in pattern.finditer(text, first, end + self.reach))
        return any(found.start() <= start and end <= found.end() for found in finds)


@lru_cache(maxsize=256)
def read_contexts(phrases: tuple[str, ...]) -> Contexts:
    """Make folded phrases ready; the last few are kept, because most words of a list have only those of its head."""
    sides = [phrase.split(WORD, 1) for phrase in phrases if WORD in phrase]
    whole = [phrase for phrase in phrases if WORD not in phrase]
    before = [before for before, after in sides if not after]
    after = [after for before, after in sides if not before]
    return Contexts(
        plain=tuple(phrase for phrase in whole if not _TOKEN.search(phrase)),
        ends=tuple(phrase for phrase in before if not _TOKEN.search(phrase)),
        begins=tuple(phrase for phrase in after if not _TOKEN.search(phrase) and not phrase.endswith(_ASKS)),
        before=_either([_source(phrase, gap=_NO_FAKE) for phrase in before if _TOKEN.search(phrase)], r"\Z"),
        after=_either(
            [
                _source(phrase) + (_no_offer() if phrase.endswith(_ASKS) else "")
                for phrase in after
                if _TOKEN.search(phrase) or phrase.endswith(_ASKS)
            ],
            "",
        ),
        around=tuple(
            Around(re.compile(_source(before, gap=_NO_FAKE) + r"\Z"), re.compile(_source(after)))
            for before, after in sides
            if before and after
        ),
        gapped=tuple(re.compile(_source(phrase)) for phrase in whole if _TOKEN.search(phrase)),
        reach=max(map(_reach, phrases), default=0),
    )


def what_is_wrong(phrase: str) -> str:
    """Why a phrase as it was written cannot be an allowed context, or nothing."""
    if phrase.count(WORD) > 1:
        return f"more than one {WORD}"
    if any(brace in _TOKEN.sub("", phrase) for brace in "{}"):
        return "a gap that cannot be read"
    return f"a gap over {_LONGEST_GAP} characters" if widest_gap(phrase) > _LONGEST_GAP else ""


def _covers(phrase: str, text: str, start: int, end: int) -> bool:
    at = text.find(phrase, max(0, end - len(phrase)), start + len(phrase))
    return 0 <= at <= start


def _reach(phrase: str) -> int:
    return len(_TOKEN.sub("", phrase)) + sum(widest_gap(gap) for gap in _TOKEN.findall(phrase))


def _either(patterns: Sequence[str], end: str) -> re.Pattern[str] | None:
    return re.compile(f"(?:{'|'.join(patterns)}){end}") if patterns else None


def _source(phrase: str, *, gap: str = _ANY) -> str:
    """The phrase as a pattern: literals escaped, gaps of anything but a sentence end."""
    return "".join(f"{gap}{piece}?" if _TOKEN.fullmatch(piece) else re.escape(piece) for piece in _TOKEN.split(phrase))
