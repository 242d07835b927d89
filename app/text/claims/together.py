"""The claims of many short texts, told together: each pattern is looked for once, through all texts that may claim.

compared texts ─ one union: which may claim at all? ─ each pattern: where in which? ─ claims of each text
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from app.text.any_of import AnyOf, Joined, Spots
from app.text.claims.find import MOST, Spot, claims_at
from app.text.claims.kinds import KINDS
from app.text.claims.wording import as_folded
from app.text.passage import TextField
from app.text.places import in_characters
from app.values.deciding import Claim


def claims_together(
    fields: Sequence[TextField], views: Sequence[str], joined: Joined
) -> Mapping[int, tuple[Claim, ...]]:
    """What `find_claims` gives for each of the short texts, those left out in which it finds none.

    ``views`` are the compared texts, ``joined`` is the same in one.
    """
    may = any_claim().among(joined)
    some = Joined([views[at] for at in may])
    found: dict[int, list[Spot]] = {}
    for number, spots in _patterns():
        for at, spans in spots.among(some).items():
            where = in_characters(spans, some.sent[at])
            found.setdefault(may[at], []).extend((number, start, end) for start, end in where)
    claims = {at: claims_at(fields[at], views[at], each) for at, each in sorted(found.items())}
    return {at: tuple(each[:MOST]) for at, each in claims.items() if each}


@cache
def any_claim() -> AnyOf:
    """What tells in which compared texts any claim may stand."""
    return AnyOf(as_folded(each) for kind in KINDS.values() for each in kind.patterns)


@cache
def _patterns() -> tuple[tuple[int, Spots], ...]:
    """Every pattern with the number of its kind, in their order."""
    return tuple(
        (number, Spots(as_folded(each))) for number, kind in enumerate(KINDS.values()) for each in kind.patterns
    )
