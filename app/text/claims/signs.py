"""Which of all patterns about claims, the mix and flash sales stand in a text: one walk instead of forty.

A set of all patterns says which. Should it run out of memory over a hostile text it says nothing; so where it says
nothing, one union of the same patterns is asked, and where that finds something every pattern is tried.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

import re2

from app.text.any_of import AnyOf
from app.text.claims.kinds import KINDS
from app.text.claims.wording import MEMORY, as_folded, wording

Sign = tuple[str, str, int]
"""``claim`` with kind and number of its pattern, ``mix`` with part and 0, or ``sale``."""


@lru_cache(maxsize=8)  # the same text is asked about up to three times in a row
def signs_in(view: str) -> frozenset[Sign]:
    """The signs that may stand in a compared text; those it does not name surely do not."""
    union, sets, signs = _compiled()
    text = view.encode()
    if found := sets.Match(text):
        return frozenset([signs[at] for at in found])
    return frozenset(signs) if union.may_be_in(text) else frozenset()


def written_signs() -> tuple[str, ...]:
    """The patterns of all signs, as they are written."""
    return tuple(_written().values())


@cache
def _written() -> dict[Sign, str]:
    written: dict[Sign, str] = {}
    for name, kind in KINDS.items():
        written |= {("claim", name, at): each for at, each in enumerate(kind.patterns)}
    written |= {("mix", name, 0): mix_pattern(signs) for name, signs in wording()["mix"].items()}
    written["sale", "", 0] = wording()["flash_sale"]["sale"]
    return written


@cache
def _compiled() -> tuple[AnyOf, Any, tuple[Sign, ...]]:
    written = {sign: as_folded(each) for sign, each in _written().items()}
    options = re2.Options()
    options.never_capture = True
    options.max_mem = MEMORY
    sets = re2.Set.SearchSet(options)
    for each in written.values():
        sets.Add(each)
    sets.Compile()
    return AnyOf(written.values()), sets, tuple(written)


def mix_pattern(signs: tuple[str, ...]) -> str:
    """One pattern of a part's signs."""
    return "|".join(f"(?:{sign})" for sign in signs)
