"""Which finds of the engines are worth a look: most are a spelling of something that cannot stand in the text.

It is asked of every text in which an engine finds anything, so it makes no objects and reads no context; what it lets
through is judged by `look`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate, chain, islice
from typing import NamedTuple

from app.text.candidates import Target
from app.text.folding_table import WALL
from app.text.in_parts import Beside, may_be_joined
from app.text.look import MAX_FINDS
from app.text.lookup import Lookup, owners_of
from app.text.partners import Owned, Partners, letters_listed, letters_viewed
from app.text.rewritten import Rewritten, without_letters_between
from app.text.spellings import Trick
from app.text.together import Glance, closed_together

_FEW = 32
"""Finds so few that what owns them is told at once: no pattern has hundreds of owners."""
_MANY = 200
"""With more finds than that, all are looked at: the counting of finds is what bounds a hostile text."""


class Found(NamedTuple):
    """What is worth a look: in the folded text, in its views, and in the text without letters between."""

    listed: Sequence[Owned]
    viewed: Sequence[Owned]
    closer: Rewritten | None
    closed: Iterable[Owned]
    views: str


_NOTHING = Found((), (), None, (), "")


class Worth:
    """Tells finds worth a look from the others, for one set of words. Shared by threads.

    `characters` are those in parts, `beside` what they stand beside in words.
    """

    def __init__(
        self,
        targets: Sequence[Target],
        listed: Lookup,
        views: Lookup | None,
        characters: Sequence[tuple[str, bool]],
        beside: Beside,
    ) -> None:
        self._find, self._words = listed.find, len(targets)
        self._characters, self._beside = characters, beside
        self._listed = Partners(listed.owners, targets, letters_listed)
        self._viewed = Partners(views.owners, targets, letters_viewed) if views is not None else None
        self._views, self._targets = views, targets
        self._listed_as: dict[int, tuple[str, bool]] = {}

    def of(self, text: str, glance: Glance) -> Found | None:
        """Of what a glance saw in a folded text; None where there is nothing, as in most."""
        finds, seen, views = glance[:3]
        listed = _owned(self._listed, finds, text) if finds else []
        viewed = _owned(self._viewed, seen, views) if seen and self._viewed is not None else []
        if viewed and len(viewed) <= MAX_FINDS:
            viewed = [each for each in viewed if _differs(each, text)]
        if listed and len(listed) <= _MANY:
            listed = self._without_idle_parts(listed, text)
        closer, closed = self._closed(text, glance) if glance.closed else (None, ())
        return Found(listed, viewed, closer, closed, views) if listed or viewed or closer else None

    def of_many(self, texts: Sequence[str], see: Callable[[str], str]) -> dict[int, Found]:
        """Of what the engines find in short folded texts, looked for in all of them joined; of those with anything.

        ``see`` gives the views of a text, where words ask for them.
        """
        whole = WALL.join(texts)
        starts = [0, *accumulate([len(text) + 1 for text in texts])][:-1]
        listed, many = self._listed.owned_together(self._find(whole), whole, starts, most=_FEW)
        for at in many:
            listed[at] = _owned(self._listed, self._find(texts[at]), texts[at])
        for at, some in listed.items():
            if len(some) <= _MANY:
                listed[at] = self._without_idle_parts(some, texts[at])
        if self._viewed is None:
            return {at: Found(some, (), None, (), "") for at, some in listed.items() if some}
        viewed = self._viewed_in_many(texts, whole, starts, see)
        found = {at: Found(some, (), None, (), "") for at, some in listed.items() if some}
        for at, (seen, view) in viewed.items():
            found[at] = Found(listed.get(at, ()), seen, None, (), view)
        for at, (finds, closer) in closed_together(texts, whole, starts, self._find, self._listed.over_seams).items():
            rewritten, closed = self._closed(texts[at], Glance((), closed=finds, closer=closer))
            if rewritten is not None:
                there = found.get(at, _NOTHING)
                found[at] = Found(there.listed, there.viewed, rewritten, closed, there.views)
        return found

    def _viewed_in_many(
        self, texts: Sequence[str], whole: str, starts: Sequence[int], see: Callable[[str], str]
    ) -> dict[int, tuple[list[Owned], str]]:
        """Of each of the texts what is found in its views, and these, where anything is."""
        assert self._viewed is not None, "some word asks for views"
        views, count, again = see(whole), len(texts), len(whole) + 1  # where the second view begins, if there are two
        begins = [*starts, *[start + again for start in starts]] if len(views) > len(whole) else starts
        owned, many = self._viewed.owned_together(self.seen_in(views, whole), views, begins, most=_FEW)
        viewed: dict[int, tuple[list[Owned], str]] = {}
        for at in {number % count for number in (*owned, *many)}:
            text, begin, shift = texts[at], starts[at], len(texts[at]) + 1
            view = views[begin : begin + shift - 1]
            if len(begins) > count:
                view = WALL.join((view, views[again + begin : again + begin + shift - 1], ""))
            if at in many or count + at in many:
                mine = _owned(self._viewed, self.seen_in(view, text), view)
            else:
                shapes = owned.get(count + at, ())
                mine = owned.get(at, []) + [
                    (one + shift, end + shift, owner, target, trick) for one, end, owner, target, trick in shapes
                ]
            if len(mine) <= MAX_FINDS:
                mine = [each for each in mine if _differs(each, text)]
            if mine:
                viewed[at] = (mine, view)
        return viewed

    def seen_over(self, closer: str, seams: Sequence[int]) -> Sequence[tuple[int, int]]:
        """Finds in a text without letters between that can count, told where these were."""
        return list(self._listed.over_seams(self._find(closer), seams))

    def seen_in(self, views: str, text: str) -> Sequence[tuple[int, int]]:
        """Finds in the views of a text, without words that stand there as they are listed, as nearly all of them do."""
        assert self._views is not None, "some word asks for views"
        known, before = self._listed_as, len(text) + 1
        kept: list[tuple[int, int]] = []
        for find in self._views.find(views):
            end, number = find
            letters, is_shape = known[number] if number in known else self._letters_of(number)
            at = end - before if is_shape else end
            if not letters or is_shape is not (end > before) or not text.endswith(letters, 0, at):
                kept.append(find)
        return kept

    def _letters_of(self, number: int) -> tuple[str, bool]:
        """The word that a pattern of the views is, and whether by its shape; nothing where it may be several."""
        assert self._views is not None, "as above"
        [(owner, trick), *others] = owners_of(self._views.owners, number)
        target = self._targets[owner]
        letters = "" if others or target.form is not None else target.letters
        return self._listed_as.setdefault(number, (letters, trick is Trick.LOOK_ALIKE_CHARACTER))

    def owned(self, text: str) -> Iterator[Owned]:
        """All that may stand in a text written otherwise."""
        return self._listed.owned(self._find(text), text)

    def _closed(self, text: str, glance: Glance) -> tuple[Rewritten | None, Iterable[Owned]]:
        """The text without letters between, and what stands there; in most nothing does that leaving them out made.

        Only of few finds it is told which may count: of more every one is looked at, because their number is bounded.
        """
        few = list(islice(glance.closed, _FEW + 1))
        if len(few) > _FEW:
            return without_letters_between(text), self.owned(glance.closer)
        owned = [
            each
            for each in self._listed.owned_by_few(few, glance.closer)
            if each[3] is not None and each[4] is Trick.PLAIN
        ]
        if not owned:
            return None, ()
        closer = without_letters_between(text)
        closed = [each for each in owned if _has_gaps(each) or closer.is_touched(each[0], each[1])]
        return (closer, closed) if closed else (None, ())

    def _without_idle_parts(self, listed: list[Owned], text: str) -> list[Owned]:
        """The finds without characters in parts, where none of them can be in a word."""
        places = [
            (start, end, self._characters[number - self._words][0])
            for start, end, number, target, trick in listed
            if target is None and trick is Trick.SPLIT_CHARACTER
        ]
        if not places or may_be_joined(places, text, self._beside):
            return listed
        return [each for each in listed if each[3] is not None or each[4] is not Trick.SPLIT_CHARACTER]


def _owned(partners: Partners, finds: Iterable[tuple[int, int]], text: str) -> list[Owned]:
    """The owners of all finds, and one more than are looked at where there are so many."""
    few = finds if isinstance(finds, list) else list(islice(left := iter(finds), _FEW + 1))
    if len(few) <= _FEW:
        return partners.owned_by_few(few, text)
    every = finds if isinstance(finds, list) else chain(few, left)
    return list(islice(partners.owned(every, text), MAX_FINDS + 1))


def _differs(seen: Owned, text: str) -> bool:
    """Whether what is seen in a view is not simply the word as it is listed, which is found in the text itself."""
    start, end, _, target, trick = seen
    if target is None or target.form is not None:
        return True
    shift = len(text) + 1 if trick is Trick.LOOK_ALIKE_CHARACTER else 0
    return text[start - shift : end - shift] != target.letters


def _has_gaps(owned: Owned) -> bool:
    target = owned[3]
    return target is not None and target.form is not None
