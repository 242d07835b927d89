"""The matcher: every listed word in every text, whatever disguise it wears, in microseconds.

Building one costs a moment and gives an immutable thing that all threads share; a new snapshot of wordlists is a new
matcher. Two engines stand behind the same promise: daachorse where its wheel exists, pyahocorasick everywhere else.

A text is looked at up to three times, each time only where a list asks for it: as folded, for words and the spellings
that could be listed; in the views of `views`, for what sounds or looks like a word; and without the letters and digits
that stand between Chinese characters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from app.errors import SettingsError
from app.text import engine_daachorse
from app.text.candidates import Target, those_that_count
from app.text.engine_pyahocorasick import PyahocorasickEngine
from app.text.exempting import Exempting, split_exempted
from app.text.idle import are_idle
from app.text.in_parts import Beside
from app.text.look import Look
from app.text.lookup import Engine, Lookup
from app.text.normalise import Folded, fold
from app.text.passage import Passage, TextField, read_together
from app.text.reported import exempted_of, hit_of
from app.text.rewritten import closed_up, letters_between, may_be_closer, seams
from app.text.spellings import Trick
from app.text.targets import targets_in
from app.text.together import FoldedMany, Glance, fold_together
from app.text.views import both_views, sounds_alone
from app.text.words import Context, Depth, Exemption, Names, WordlistSet
from app.text.worth import Found, Worth
from app.values.deciding import Exempted, Hit

__all__ = ["MAX_HITS", "Context", "EngineName", "Matcher", "Scan", "TextField", "build_matcher"]

EngineName = Literal["auto", "daachorse", "pyahocorasick"]

MAX_HITS = 200
"""Hits reported for one passage; more say nothing new, and a hostile text can have millions."""


SHORT = 400
"""Texts up to this length are looked through together."""
_FIELDS = 2
"""More texts than that are folded together."""


class Scan(NamedTuple):
    """What was found. `folded` is each field's folded text; `capped` says that there were more hits than are kept.

    `exempted` are words that would be hits were they not lawful for this shop. `said` is of each passage, by its first
    field, where listed words stand as listed, also those that their context excuses; not those that a sentence's end
    cuts. `may_claim` is false where surely no sign of a claim stands in any field.
    """

    hits: tuple[Hit, ...]
    capped: bool
    folded: tuple[str, ...]
    exempted: tuple[Exempted, ...] = ()
    said: Mapping[int, frozenset[tuple[int, int]]] = {}
    may_claim: bool = True


class MatcherHead(NamedTuple):
    """What a look has to know beside the words.

    `alike` is how many look-alikes of each character are known, `around` as far around a place as any word and its
    contexts reach; `characters` are those in parts, `beside` what they stand beside in words; `names_shops` says that
    some list or word is for certain shops.
    """

    alike: int
    around: int
    characters: Sequence[tuple[str, bool]]
    sees_shapes: bool
    beside: Beside
    names_shops: bool


class Looked(NamedTuple):
    """Texts looked through together: as folded, and what is worth a look in those few that hold anything.

    ``idle`` are those others in which something was found that is no hit, whatever they belong to.
    """

    folds: FoldedMany
    worth: Mapping[int, Found]
    idle: Mapping[int, Found] = {}

    @property
    def texts(self) -> Sequence[str]:
        """The folded texts."""
        return self.folds.texts


class Matcher:
    """Listed words made findable. Immutable and shared by threads; built by `build_matcher`."""

    def __init__(
        self,
        head: MatcherHead,
        targets: Sequence[Target],
        listed: Lookup,
        views: Lookup | None,
        exemptions: Iterable[Exemption],
    ) -> None:
        self.engine = listed.engine.name
        self.words = len(targets)
        self.head, self.listed, self.views = head, listed, views
        self._targets = targets
        self._find = listed.find
        self._worth = Worth(targets, listed, views, head.characters, head.beside)
        self._see = both_views if head.sees_shapes else sounds_alone
        self._exempting = Exempting(exemptions)

    def scan(self, fields: Sequence[TextField], context: Context, *, folds: Sequence[Folded] | None = None) -> Scan:
        """Find the words of all lists in force for the context; `folds` are the fields folded, where that was done.

        Hits come in the order of the fields and of their starts. A phrase cut over neighbouring segments is a hit of
        the segment it begins in, with the part of it that stands there.
        """
        if folds is None:
            texts_sent = [field.text for field in fields]
            folds = fold_together(texts_sent) if len(fields) > _FIELDS else [fold(text) for text in texts_sent]
        hits: list[Hit] = []
        exempted: list[Exempted] = []
        said: dict[int, frozenset[tuple[int, int]]] = {}
        capped = False
        texts = tuple([folded.text for folded in folds])
        for first, last in read_together(fields):
            text = texts[first] if last - first == 1 else "".join(texts[first:last])
            if (found := self._found(text)) is not None:
                part = self._judged(Passage(text, fields[first:last], _some_of(folds, first, last)), found, context)
                hits += part.hits
                exempted += part.exempted
                capped = capped or part.capped
                if part.said:
                    said[first] = part.said[0]
        return Scan(tuple(hits), capped, texts, tuple(exempted), said)

    def look_through(self, texts: Sequence[str]) -> Looked:
        """What is worth a look in short texts, some hundred at once: most hold nothing, whatever they belong to."""
        folds = FoldedMany(texts)
        worth: dict[int, Found] = {}
        idle: dict[int, Found] = {}
        for at, found in self._worth.of_many(folds.texts, self._see).items():
            is_idle = found.closer is None and are_idle(found.listed, found.viewed, folds.texts[at], found.views)
            (idle if is_idle else worth)[at] = found
        return Looked(folds, worth, idle)

    def scan_looked(self, looked: Looked, at: int, fields: Sequence[TextField], context: Context) -> Scan:
        """What `scan` gives for one of the texts that were looked through."""
        text = looked.folds.texts[at]
        found = looked.worth.get(at) or looked.idle.get(at)
        if found is None:
            return Scan((), False, (text,))
        return self._judged(Passage(text, fields, lambda: [looked.folds.of(at)]), found, context)

    def _found(self, text: str) -> Found | None:
        """What the engines find in a folded text and is worth a look; None where there is nothing, as in most."""
        if self.views is None:
            return self._worth.of(text, Glance(self._find(text)))
        views = self._see(text)
        seen = self._worth.seen_in(views, text) if len(text) <= SHORT else self.views.find(views)
        between = list(letters_between(text)) if may_be_closer(text) else ()
        closer = closed_up(text) if between else ""
        closed = self._worth.seen_over(closer, seams(between)) if between else ()
        return self._worth.of(text, Glance(self._find(text), seen, views, closed, closer))

    def _judged(self, passage: Passage, found: Found, context: Context) -> Scan:
        """What counts of the finds of a passage."""
        look = Look(self._targets, self.head.characters, passage, context, around=self.head.around, views=found.views)
        self._look(look, found)
        known = {0: frozenset(look.known)} if look.known else {}
        if not look.candidates:
            return Scan((), look.is_capped, (passage.text,), (), known)
        counting = those_that_count(look.candidates, look.said)
        exemptions = self._exempting.in_force(context) if counting else ()
        kept, lawful = split_exempted(counting, exemptions, passage.text)
        return Scan(
            tuple([hit_of(passage, candidate) for candidate in kept[:MAX_HITS]]),
            look.is_capped or len(kept) > MAX_HITS,
            (passage.text,),
            tuple([exempted_of(passage, *each) for each in lawful[:MAX_HITS]]),
            known,
        )

    @property
    def reach(self) -> int:
        """As far around a place as any word and its contexts go, in folded characters."""
        return self.head.around

    def exemptions(self, context: Context) -> Sequence[Exemption]:
        """What is lawful for the shop of the context, for those who look for more than words."""
        return self._exempting.in_force(context)

    def speaks_of(self, shop: str) -> bool:
        """Whether something else may be found for that shop than for another of its category."""
        return self.head.names_shops or self._exempting.speaks_of(shop)

    def _look(self, look: Look, found: Found) -> None:
        if found.listed:
            look.at_listed(found.listed)
        if found.viewed:
            look.at_views(found.viewed)
        if (closer := found.closer) is not None:
            look.at_rewritten(found.closed, closer, Trick.LETTER_BETWEEN)
        for whole in look.texts_joined():
            look.at_rewritten(self._worth.owned(whole.text), whole, Trick.SPLIT_CHARACTER)
        if (once := look.text_written_once()) is not None:
            look.at_rewritten(self._worth.owned(once.text), once, Trick.DOUBLED)


def build_matcher(lists: WordlistSet, *, engine: EngineName = "auto") -> Matcher:
    """Make a whole set of lists findable, once for a snapshot.

    Raises:
        SettingsError: the engine asked for has no wheel on this platform.
    """
    targets = targets_in(lists)

    def build(patterns: Sequence[str]) -> Engine:
        return _engine(patterns, engine)

    listed = targets.listed.made_findable(build)
    views = targets.views.made_findable(build) if targets.views.patterns else None
    head = MatcherHead(
        alike=targets.alike,
        around=max((target.reach for target in targets.words), default=0),
        characters=targets.characters,
        sees_shapes=any(target.depth is Depth.SHAPE for target in targets.words),
        beside=targets.beside,
        names_shops=any(
            where is not None and where.shops != Names()
            for wordlist in lists.lists
            for where in (wordlist.where, *[word.where for word in wordlist.words])
        ),
    )
    return Matcher(head, targets.words, listed, views, lists.exemptions)


def _engine(patterns: Sequence[str], asked: EngineName) -> Engine:
    if asked == "daachorse" and not engine_daachorse.IS_AVAILABLE:
        raise SettingsError("the matcher daachorse is not installed here; use auto or pyahocorasick")
    if asked == "pyahocorasick" or not engine_daachorse.IS_AVAILABLE:
        return PyahocorasickEngine(patterns)
    return engine_daachorse.build_daachorse(patterns)


def _some_of(folds: Sequence[Folded], first: int, last: int) -> Callable[[], Sequence[Folded]]:
    return lambda: folds[first:last]
