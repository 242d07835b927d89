"""Folding: a text as it is compared, with the way back to every original character.

Sellers hide words: `最*佳`, `ｚｕì`, `最 佳`, `徽❤信`. Folding makes texts comparable, and offsets let every hit be
shown in the original's own characters. The common case is one table look-up per character in numpy; characters that
fold to several (㎏, ½, ligatures), markup, and the question whether a line end ends a sentence take slower steps only
where they occur.

Sentence ends stay as walls (`WALL` in the folded text) so that no word is read across two sentences. `。！？!?` always
are; a dot or a line end is one only after a full clause, because `最.佳` and `最⏎佳` are how a phrase is hidden.
"""

from __future__ import annotations

import html
import re
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.text.folding_table import SOFT_DOT, SOFT_LINE, WALL, table

FOLDING_VERSION: str

# A line this long on both sides of a line end reads as two sentences; shorter ones may be one phrase cut apart.
_FULL_CLAUSE = 16
_CLAUSE_MARKS = frozenset('，,；;：:…—~～)）】》」』”"')
_GROUP = re.compile(f"[{WALL}{SOFT_DOT}{SOFT_LINE}]+")
_MARKUP = re.compile(r"<[A-Za-z/!][^<>]{0,200}>|&(?:[A-Za-z]{2,8}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});")
_FILLER = "\u200b"
_CODE_POINT = np.dtype("<u4")


class Folded(NamedTuple):
    """A text as it is compared: `offsets[i]` is the original code point index of folded character `i`.

    Characters that fold to several share one index. Lone surrogates count as U+FFFD, which like NUL and any other
    symbol or control is dropped, so indexes always count the original's code points.
    """

    text: str
    offsets: NDArray[np.intp]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original's [start, end) that folded [start, end) came from; `end > start`."""
        return int(self.offsets[start]), int(self.offsets[end - 1]) + 1


def fold(text: str) -> Folded:
    """Fold a text of any content; linear, never raises."""
    text = without_markup(text)
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), _CODE_POINT)
    mapped = table().codes.take(codes)
    offsets = mapped.nonzero()[0]
    values = mapped.take(offsets)
    try:
        folded = str(values.data, "utf-32-le")
    except UnicodeDecodeError:
        folded, offsets = _expand(text, values, offsets)
    if SOFT_DOT in folded or SOFT_LINE in folded:
        return _settle_ends(text, folded, offsets)
    return Folded(folded, offsets)


def without_markup(text: str) -> str:
    """The text with tags blanked and entities read, at unchanged length."""
    return _MARKUP.sub(_same_length, text) if "<" in text or "&" in text else text


def __getattr__(name: str) -> str:
    """`FOLDING_VERSION`, worked out when first asked for: it hashes the table, which takes a moment to build."""
    if name == "FOLDING_VERSION":
        return table().version
    raise AttributeError(name)


def _same_length(found: re.Match[str]) -> str:
    """What a tag or an entity reads as, padded to its length so that offsets stay true."""
    markup = found.group()
    if markup[0] == "<":
        return _FILLER * len(markup)
    meant = html.unescape(markup)
    return meant.ljust(len(markup), _FILLER) if len(meant) < len(markup) else markup


def _expand(text: str, values: NDArray[np.uint32], offsets: NDArray[np.intp]) -> tuple[str, NDArray[np.intp]]:
    """Put the 1:n folds in; every character of one shares its offset."""
    expansions = table().expansions
    pieces = values.tobytes().decode("utf-32-le", "surrogatepass")
    marks = [index for index, piece in enumerate(pieces) if piece == "\ud800"]
    counts = np.ones(len(values), np.intp)
    parts: list[str] = []
    last = 0
    for index in marks:
        new = expansions[ord(text[offsets[index]])]
        counts[index] = len(new)
        parts += (pieces[last:index], new)
        last = index + 1
    parts.append(pieces[last:])
    return "".join(parts), np.repeat(offsets, counts)


def _settle_ends(text: str, folded: str, offsets: NDArray[np.intp]) -> Folded:
    """Decide for every dot and line end whether it is a wall or only stands inside a phrase."""
    groups = list(_GROUP.finditer(folded))
    stays = np.ones(len(folded), bool)
    parts: list[str] = []
    last = 0
    for number, group in enumerate(groups):
        start, end = group.span()
        after = groups[number + 1].start() if number + 1 < len(groups) else len(folded)
        is_wall = _is_sentence_end(text, folded, offsets, group, before=start - last, after=after - end)
        stays[start + is_wall : end] = False
        parts += (folded[last:start], WALL * is_wall)
        last = end
    parts.append(folded[last:])
    return Folded("".join(parts), offsets[stays])


def _is_sentence_end(
    text: str, folded: str, offsets: NDArray[np.intp], group: re.Match[str], *, before: int, after: int
) -> bool:
    start, end = group.span()
    marks = group.group()
    if WALL in marks or marks.count(SOFT_LINE) > 1:
        return True
    if before >= _FULL_CLAUSE <= after:
        return True
    first = int(offsets[start])
    if marks == SOFT_DOT:
        inside_number = text[first - 1 : first].isdigit() and text[first + 1 : first + 2].isdigit()
        return bool(inside_number and start > 0 and end < len(folded))
    return text[max(0, first - 8) : first].rstrip(" \t\r\u3000")[-1:] in _CLAUSE_MARKS and before > 0
