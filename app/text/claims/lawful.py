"""Sees around an absolute term whether the enforcement guide may except it: then a person looks instead of a block.

The guide of 2023 takes out what is no comparison of goods (an aim, one's own range, a grade of a standard, a trademark)
and facts that can be proven (an award with its year and giver, a sales fact within a time and an area). What stands
beside the term makes such a ground possible, never certain: whether it is true is what the person has to find out.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from app.text.claims.find import compared
from app.text.claims.kinds import GROUNDS
from app.text.claims.wording import pattern
from app.values.deciding import Hit, Verdict

CATEGORY = "absolute_terms"
_BEFORE, _AFTER = 40, 24


def with_ground(hit: Hit, text: str) -> Hit:
    """The hit with the ground that may except it and then for a person; the same hit where there is none."""
    if hit.category != CATEGORY or hit.verdict is not Verdict.BLOCK:
        return hit
    view = compared(text)
    before, after = view[max(0, hit.start - _BEFORE) : hit.start], view[hit.end : hit.end + _AFTER]
    before, after = before[_last_end(before) :], after[: _first_end(after)]
    for name, patterns in _compiled().items():
        if all(_stands(each, sided, before, after) for each, sided in patterns):
            return _excepted(hit, name)
    return hit


def _excepted(hit: Hit, ground: str) -> Hit:
    return replace(hit, verdict=Verdict.REVIEW, ground=ground)


def _stands(searched: Any, only_before: bool, before: str, after: str) -> bool:
    return searched.search(before) is not None or (not only_before and searched.search(after) is not None)


def _last_end(text: str) -> int:
    return max(text.rfind(end) for end in "。！？!?\n") + 1


def _first_end(text: str) -> int:
    found = [at for end in "。！？!?\n" if (at := text.find(end)) >= 0]
    return min(found, default=len(text))


@cache
def _compiled() -> dict[str, tuple[tuple[Any, bool], ...]]:
    return {
        name: tuple((pattern(each.removeprefix("<")), each.startswith("<")) for each in patterns)
        for name, patterns in GROUNDS.items()
    }
