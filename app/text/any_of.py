"""Tells which of many texts may hold one of some patterns, or where one stands, for one search through all of them.

Most of what a search through a short text costs is being asked. The texts are joined by line ends, and ``^`` and ``$``
match beside any, so what stands in a text by itself stands in the joined ones as well. A find may reach over into the
next text and be none. So of `AnyOf` a text that is named has to be looked at; one that is not holds nothing, because
after each find the search goes on with the text after the one it begins in. `Spots` looks again at those alone into
which a find reaches from another: in all others nothing was found that is not there, and the first of all ways to match
is the same with more texts behind.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Any

import re2

_BETWEEN = b"\n"
_MEMORY = 64 << 20
_ANCHOR = re.compile(r"(?<!\[)\^|\$")
"""What means the end of a line in joined texts, and that of the text in one alone."""


class AnyOf:
    """A union of RE2 patterns, without captures, which searching by states alone does not need. Shared by threads."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._union = _compiled("(?m)" + "|".join(f"(?:{each})" for each in patterns))

    def may_be_in(self, text: bytes) -> bool:
        """Whether one of the patterns may stand in a text in UTF-8."""
        return self._union.search(text) is not None

    def among(self, texts: Joined) -> list[int]:
        """Numbers of the texts in which one may stand, ascending."""
        search, whole, starts = self._union.search, texts.whole, texts.starts
        found: list[int] = []
        at = 0
        while at < len(starts) and (match := search(whole, starts[at])) is not None:
            at = bisect_right(starts, match.start())
            found.append(at - 1)
        return found


class Spots:
    """One RE2 pattern, and where it stands in each of many texts. Shared by threads."""

    def __init__(self, pattern: str, *, alone: Any = None) -> None:
        """``alone`` is the pattern compiled, where somebody has done that."""
        self._alone, self._joined = alone or _compiled(pattern), _compiled(f"(?m){pattern}")
        self._is_anchored = _ANCHOR.search(pattern) is not None

    def among(self, texts: Joined) -> dict[int, list[tuple[int, int]]]:
        """By the numbers of the texts where the pattern stands in each, from left to right, in bytes."""
        starts, sent = texts.starts, texts.sent
        found: dict[int, list[tuple[int, int]]] = {}
        alone = set[int]()
        at, start, end, mine = -1, 0, -1, list[tuple[int, int]]()
        for match in self._joined.finditer(texts.whole) if starts else ():
            first, last = match.span()
            if first > end:
                at = bisect_right(starts, first) - 1
                start, end = starts[at], starts[at] + len(sent[at])
                mine = found[at] = []
            if last > end or first == last:
                alone.update(range(at, bisect_right(starts, last)))
            mine.append((first - start, last - start))
        if self._is_anchored:
            alone |= found.keys() & texts.broken()
        for at in alone:
            found[at] = [each.span() for each in self._alone.finditer(sent[at])]
        return {at: found[at] for at in sorted(found) if found[at]}


class Joined:
    """Texts in UTF-8, one after the other; lone surrogates as question marks, of which RE2 knows nothing."""

    __slots__ = ("sent", "starts", "whole")

    def __init__(self, texts: Sequence[str]) -> None:
        self.sent = [text.encode("utf-8", "replace") for text in texts]
        self.whole = _BETWEEN.join(self.sent)
        self.starts = [0, *accumulate([len(each) + 1 for each in self.sent])][:-1]

    def broken(self) -> set[int]:
        """Numbers of those that have a line end of their own."""
        if self.whole.count(_BETWEEN) < len(self.sent):
            return set()
        return {at for at, each in enumerate(self.sent) if _BETWEEN in each}


def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.never_capture = True
    options.log_errors = False
    options.max_mem = _MEMORY
    return re2.compile(pattern, options)
