"""Many short texts looked through together: which of them hold anything at all, for every matcher and construction.

folded texts ─ one walk: which patterns may stand in which? ─ `stand`: which do, and nothing excuses them
Most of what a search through a short text costs is being asked, and most patterns that may stand in a text do not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from app.text.beside import AnyMatcher
from app.text.constructions.finds import Find
from app.text.constructions.meant import with_finds
from app.text.constructions.openings import opened_together
from app.text.constructions.seen_through import finds_by
from app.text.constructions.spoken import with_heard
from app.text.constructions.stand import finds_in
from app.text.constructions.unhidden import changes_together
from app.text.match import Scan
from app.text.passage import TextField
from app.text.spoken_emoji import those_read_aloud
from app.text.words import Context


class Looked(NamedTuple):
    """Short texts looked through together: by the matcher, and of each what constructions find in it, if they do.

    ``claiming`` are the numbers of those in which a sign of a claim, of the mix or of a sale may stand. What emoji say
    was looked through behind the ``sent`` texts: ``spoken`` has the number of a reading and the reading, by the text's.
    """

    matcher: AnyMatcher
    words: Any
    sent: int
    finds: Mapping[int, Sequence[Find]]
    claiming: frozenset[int]
    spoken: Mapping[int, tuple[int, str]]

    @property
    def texts(self) -> Sequence[str]:
        """The folded texts."""
        folded: Sequence[str] = self.words.texts[: self.sent]
        return folded

    @property
    def worth(self) -> set[int]:
        """Numbers of the texts in which anything may be found, as sent or read aloud; in the others nothing is."""
        some = {*self.words.worth, *self.finds}
        return {at for at in some if at < self.sent} | {at for at, (other, _) in self.spoken.items() if other in some}

    def read(self, at: int, fields: Sequence[TextField], context: Context) -> Scan:
        """What `read_closely` gives for one of the texts, which was looked at in this context."""
        scan = self._read(at, fields, context)
        if at not in self.spoken:
            return scan
        other, said = self.spoken[at]
        if other not in self.finds and other not in self.words.worth:
            return scan
        return with_heard(scan, fields, self._read(other, [replace(field, text=said) for field in fields], context))

    def _read(self, at: int, fields: Sequence[TextField], context: Context) -> Scan:
        finds, may_claim = self.finds.get(at), at in self.claiming
        if finds is None and at not in self.words.worth:  # where words stand excused, only constructions ask
            return Scan((), capped=False, folded=(self.words.texts[at],), may_claim=may_claim)
        scan = self.matcher.scan_looked(self.words, at, fields, context)
        return with_finds(self.matcher, scan, fields, context, finds or (), may_claim=may_claim)


def look_closely(
    matcher: AnyMatcher, texts: Sequence[str], contexts: Sequence[Context], *, words_only: bool = False
) -> Looked:
    """Look through short texts, some hundred at once, for words and constructions, each in a context of its own.

    With ``words_only`` listed words alone are looked for, and no sign of a claim.
    """
    count, said = len(texts), those_read_aloud(texts)
    spoken = {at: (count + number, each) for number, (at, each) in enumerate(said.items())}
    texts = [*texts, *said.values()]
    contexts = [*contexts, *[contexts[at] for at in said]]
    words = matcher.look_through(texts)
    if words_only:
        return Looked(matcher, words, count, {}, frozenset(), spoken)
    opened = opened_together(words.texts, texts)
    finds = finds_in(words.texts, contexts, {at: each.patterns for at, each in opened.items() if each.patterns})
    for at, changes in changes_together(words.texts).items():
        if hidden := finds_by(words.texts[at], changes, contexts[at], finds.get(at, ())):
            finds[at] = [*finds.get(at, ()), *hidden]
    claiming = frozenset(at for at, each in opened.items() if each.may_claim and at < count)
    return Looked(matcher, words, count, finds, claiming, spoken)
