"""Many short texts looked through together: which of them hold anything at all, for every matcher and construction.

folded texts ─ one walk: which patterns may stand in which? ─ each pattern once, through those texts joined ─ it does
Most of what a search through a short text costs is being asked, and most patterns that may stand in a text do not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from app.text.any_of import AnyOf, Joined
from app.text.beside import AnyMatcher
from app.text.claims.wording import as_folded
from app.text.constructions.meant import with_meant
from app.text.constructions.openings import NOTHING, Opened, opened_together
from app.text.constructions.spoken import with_spoken
from app.text.constructions.tells import Tells
from app.text.constructions.wording import asked, constructions
from app.text.match import Scan
from app.text.passage import TextField
from app.text.spoken_emoji import those_read_aloud
from app.text.words import Context

_FEWEST = 4
"""Texts for which a pattern is looked for in all of them joined."""


class Looked(NamedTuple):
    """Short texts looked through together: by the matcher, and of each what may stand in it, if anything does.

    ``spoken`` are the numbers of those with emoji that are read aloud.
    """

    matcher: AnyMatcher
    words: Any
    opened: Mapping[int, Opened]
    spoken: frozenset[int]

    @property
    def texts(self) -> Sequence[str]:
        """The folded texts."""
        folded: Sequence[str] = self.words.texts
        return folded

    @property
    def worth(self) -> set[int]:
        """Numbers of the texts in which anything may be found; in the others nothing is, whatever they belong to."""
        return {*self.words.worth, *(at for at, each in self.opened.items() if each.patterns), *self.spoken}

    @property
    def claiming(self) -> list[int]:
        """Numbers of the texts in which a sign of a claim, of the mix or of a sale may stand."""
        return [at for at, each in self.opened.items() if each.may_claim]

    def read(self, at: int, fields: Sequence[TextField], context: Context) -> Scan:
        """What `read_closely` gives for one of the texts."""
        scan = self.matcher.scan_looked(self.words, at, fields, context)
        scan = with_meant(self.matcher, scan, fields, context, self.opened.get(at, NOTHING))
        if at not in self.spoken:
            return scan

        def hear(texts: Sequence[TextField]) -> Scan:
            return with_meant(self.matcher, self.matcher.scan(texts, context), texts, context)

        return with_spoken(scan, fields, hear)


def look_closely(matcher: AnyMatcher, texts: Sequence[str]) -> Looked:
    """Look through short texts, some hundred at once, for words and constructions."""
    words = matcher.look_through(texts)
    found = _that_stand(words.texts, opened_together(words.texts, texts))
    return Looked(matcher, words, found, those_read_aloud(texts))


def _that_stand(texts: Sequence[str], may: Mapping[int, Opened]) -> dict[int, Opened]:
    """Of the patterns that may stand in the texts those that do; a few that do not may be left."""
    wanted: dict[int, list[int]] = {}
    for at, each in may.items():
        for number in each.patterns:
            wanted.setdefault(number, []).append(at)
    kept: dict[int, list[int]] = {}
    for number, places in sorted(wanted.items()):
        for at in _among(number, places, texts):
            kept.setdefault(at, []).append(number)
    return {at: Opened(kept.get(at, []), each.may_claim) for at, each in may.items() if each.may_claim or at in kept}


def _among(number: int, places: list[int], texts: Sequence[str]) -> list[int]:
    """Those of the texts at the places in which a pattern may stand."""
    pattern = asked()[number][1]
    if isinstance(pattern, Tells) or len(places) < _FEWEST:
        return places
    return [places[at] for at in _in_joined(number).among(Joined([texts[at] for at in places]))]


@cache
def _in_joined(number: int) -> AnyOf:
    return AnyOf([as_folded(_sources()[number])])


@cache
def _sources() -> tuple[str, ...]:
    return tuple(text for each in constructions() for text in each.patterns)
