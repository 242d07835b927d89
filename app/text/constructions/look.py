"""Many short texts looked through together: which of them hold anything at all, for every matcher and construction.

folded texts ─ one walk: which patterns may stand in which? ─ `stand`: which do, and nothing excuses them
Most of what a search through a short text costs is being asked, and most patterns that may stand in a text do not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from app.text.beside import AnyMatcher
from app.text.constructions.meant import Find, with_finds, with_meant
from app.text.constructions.openings import opened_together
from app.text.constructions.spoken import with_spoken
from app.text.constructions.stand import finds_in
from app.text.match import Scan
from app.text.passage import TextField
from app.text.spoken_emoji import those_read_aloud
from app.text.words import Context


class Looked(NamedTuple):
    """Short texts looked through together: by the matcher, and of each what constructions find in it, if they do.

    ``claiming`` are the numbers of those in which a sign of a claim, of the mix or of a sale may stand, ``spoken`` of
    those with emoji that are read aloud.
    """

    matcher: AnyMatcher
    words: Any
    finds: Mapping[int, Sequence[Find]]
    claiming: frozenset[int]
    spoken: frozenset[int]

    @property
    def texts(self) -> Sequence[str]:
        """The folded texts."""
        folded: Sequence[str] = self.words.texts
        return folded

    @property
    def worth(self) -> set[int]:
        """Numbers of the texts in which anything may be found; in the others nothing is."""
        return {*self.words.worth, *self.finds, *self.spoken}

    def read(self, at: int, fields: Sequence[TextField], context: Context) -> Scan:
        """What `read_closely` gives for one of the texts, which was looked at in this context."""
        finds, may_claim = self.finds.get(at), at in self.claiming
        if finds is None and at not in self.words.worth:  # where words stand excused, only constructions ask
            scan = Scan((), capped=False, folded=(self.texts[at],), may_claim=may_claim)
        else:
            scan = self.matcher.scan_looked(self.words, at, fields, context)
            scan = with_finds(self.matcher, scan, fields, context, finds or (), may_claim=may_claim)
        if at not in self.spoken:
            return scan

        def hear(texts: Sequence[TextField]) -> Scan:
            return with_meant(self.matcher, self.matcher.scan(texts, context), texts, context)

        return with_spoken(scan, fields, hear)


def look_closely(matcher: AnyMatcher, texts: Sequence[str], contexts: Sequence[Context]) -> Looked:
    """Look through short texts, some hundred at once, for words and constructions, each in a context of its own."""
    words = matcher.look_through(texts)
    opened = opened_together(words.texts, texts)
    finds = finds_in(words.texts, contexts, {at: each.patterns for at, each in opened.items() if each.patterns})
    claiming = frozenset(at for at, each in opened.items() if each.may_claim)
    return Looked(matcher, words, finds, claiming, those_read_aloud(texts))
