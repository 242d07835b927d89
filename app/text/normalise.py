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

from app.text.ends import settle_ends
from app.text.folding_table import EXPANDS, SOFT_DOT, SOFT_LINE, table
from app.text.set_apart import together

FOLDING_VERSION: str

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
        values, offsets = with_expansions(text, values, offsets)
        folded = str(values.data, "utf-32-le")
    if SOFT_DOT in folded or SOFT_LINE in folded:
        return Folded(*settle_ends(text, folded, offsets))
    return Folded(folded, offsets)


def without_markup(text: str) -> str:
    """The text with tags blanked, entities read and characters that were set apart together, at unchanged length."""
    return together(_MARKUP.sub(_same_length, text) if "<" in text or "&" in text else text)


def with_expansions(
    whole: str, values: NDArray[np.uint32], kept: NDArray[np.intp]
) -> tuple[NDArray[np.uint32], NDArray[np.intp]]:
    """Folded characters and where in ``whole`` each stands, with 1:n folds put in, whose characters share a place."""
    places = (values == EXPANDS).nonzero()[0]
    if not len(places):
        return values, kept
    new = [table().expansions[ord(whole[at])] for at in kept[places].tolist()]
    counts = np.ones(len(values), np.intp)
    counts[places] = list(map(len, new))
    is_new = np.repeat(values == EXPANDS, counts)
    values = np.repeat(values, counts)
    values[is_new] = np.frombuffer("".join(new).encode("utf-32-le"), _CODE_POINT)
    return values, np.repeat(kept, counts)


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
