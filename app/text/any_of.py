"""Tells which of many texts may hold one of some patterns, for one search through all of them joined.

Most of what a search through a short text costs is being asked. A line end stands between two texts, and ``^`` and
``$`` match beside any, so what stands in a text by itself stands in the joined ones as well. A find may reach over into
the next text and be none, so a text that is named has to be looked at; one that is not holds nothing, because after
each find the search goes on with the text after the one it begins in.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Any

import re2

_BETWEEN = b"\n"
_MEMORY = 64 << 20


class AnyOf:
    """A union of RE2 patterns, without captures, which searching by states alone does not need. Shared by threads."""

    def __init__(self, patterns: Iterable[str]) -> None:
        options = re2.Options()
        options.never_capture = True
        options.log_errors = False
        options.max_mem = _MEMORY
        self._union: Any = re2.compile("(?m)" + "|".join(f"(?:{each})" for each in patterns), options)

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


class Joined:
    """Texts in UTF-8, one after the other; lone surrogates as question marks, of which RE2 knows nothing."""

    __slots__ = ("sent", "starts", "whole")

    def __init__(self, texts: Sequence[str]) -> None:
        self.sent = [text.encode("utf-8", "replace") for text in texts]
        self.whole = _BETWEEN.join(self.sent)
        self.starts = [0, *accumulate([len(each) + 1 for each in self.sent])][:-1]
