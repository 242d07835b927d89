"""The matcher: every listed word in every text, whatever disguise it wears, in microseconds.

Building one costs a moment and gives an immutable thing that all threads share; a new snapshot of wordlists is a new
matcher. Two engines stand behind the same promise: daachorse where its wheel exists, pyahocorasick everywhere else.

A text is looked at up to three times, each time only where a list asks for it: as folded, for words and the spellings
that could be listed; in the views of `views`, for what sounds or looks like a word; and without the letters and digits
that stand between Chinese characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Literal, NamedTuple

from app.errors import SettingsError
from app.text import engine_daachorse
from app.text.candidates import Candidate, Target, those_that_count
from app.text.engine_pyahocorasick import PyahocorasickEngine
from app.text.exempting import Exempting, split_exempted
from app.text.in_parts import Beside, may_be_joined
from app.text.look import MAX_FINDS, Look
from app.text.lookup import Engine, Lookup
from app.text.normalise import Folded, fold
from app.text.partners import Owned, Partners, letters_listed, letters_viewed
from app.text.passage import Passage, TextField, read_together
from app.text.rewritten import Rewritten, without_letters_between
from app.text.spellings import Trick
from app.text.targets import targets_in
from app.text.together import AT_ONCE, FoldedMany, Glance, fold_together, glance_together
from app.text.tricks import tricks_between
from app.text.views import both_views, sounds_alone
from app.text.words import Context, Depth, Exemption, WordlistSet
from app.values.deciding import Exempted, Hit

__all__ = ["MAX_HITS", "Context", "EngineName", "Matcher", "Scan", "TextField", "build_matcher"]

EngineName = Literal["auto", "daachorse", "pyahocorasick"]

MAX_HITS = 200
"""Hits reported for one passage; more say nothing new, and a hostile text can have millions."""


SHORT = 400
"""Texts up to this length are looked through together."""
_FIELDS = 2
"""More texts than that are folded together."""
_FEW = 32
"""Finds so few that what owns them is told at once: no pattern has hundreds of owners."""
_MANY = 200
"""With more finds than that, all are looked at: the counting of finds is what bounds a hostile text."""
_GAP = re.compile(r"\{[^}]*\}")


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
    contexts reach; `characters` are those in parts, `beside` what they stand beside in words.
    """

    alike: int
    around: int
    characters: Sequence[tuple[str, bool]]
    sees_shapes: bool
    beside: Beside


class _Found(NamedTuple):
    """What is worth a look: in the folded text, in its views, and in the text without letters between."""

    listed: Iterable[Owned]
    viewed: Iterable[Owned]
    closer: Rewritten | None
    closed: Iterable[Owned]
    views: str


class Looked(NamedTuple):
    """Texts looked through together: as folded, and what is worth a look in those few that hold anything."""

    folds: FoldedMany
    worth: Mapping[int, _Found]

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
        self._listed = Partners(listed.owners, targets, letters_listed)
        self._viewed = Partners(views.owners, targets, letters_viewed) if views is not None else None
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
                part = self._judged(Passage(text, fields[first:last], folds[first:last]), found, context)
                hits += part.hits
                exempted += part.exempted
                capped = capped or part.capped
                if part.said:
                    said[first] = part.said[0]
        return Scan(tuple(hits), capped, texts, tuple(exempted), said)

    def scan_many(self, many: Sequence[tuple[Sequence[TextField], Context]]) -> list[Scan]:
        """What `scan` gives for each; those of one text are looked through together."""
        scans: list[Scan | None] = [None] * len(many)
        short = [at for at, (fields, _) in enumerate(many) if len(fields) == 1 and len(fields[0].text) <= SHORT]
        for begin in range(0, len(short), AT_ONCE):
            numbers = short[begin : begin + AT_ONCE]
            looked = self.look_through([many[at][0][0].text for at in numbers])
            for number, at in enumerate(numbers):
                scans[at] = self.scan_looked(looked, number, *many[at])
        return [self.scan(*many[at]) if scan is None else scan for at, scan in enumerate(scans)]

    def look_through(self, texts: Sequence[str]) -> Looked:
        """What is worth a look in short texts, some hundred at once: most hold nothing, whatever they belong to."""
        folds = FoldedMany(texts)
        see, seen_by = (None, None) if self.views is None else (self._see, self.views.find)
        glances = glance_together(folds.texts, self._find, see, seen_by)
        looked = ((at, self._worth_a_look(folds.texts[at], glance)) for at, glance in glances.items())
        return Looked(folds, {at: found for at, found in looked if found is not None})

    def scan_looked(self, looked: Looked, at: int, fields: Sequence[TextField], context: Context) -> Scan:
        """What `scan` gives for one of the texts that were looked through."""
        text = looked.folds.texts[at]
        found = looked.worth.get(at)
        if found is None:
            return Scan((), False, (text,))
        return self._judged(Passage(text, fields, [looked.folds.of(at)]), found, context)

    def _found(self, text: str) -> _Found | None:
        """What the engines find in a folded text and is worth a look; None where there is nothing, as in most."""
        if self.views is None:
            return self._worth_a_look(text, Glance(self._find(text), (), "", has_letters_between=False))
        views = self._see(text)
        glance = Glance(self._find(text), self.views.find(views), views, has_letters_between=True)
        return self._worth_a_look(text, glance)

    def _worth_a_look(self, text: str, glance: Glance) -> _Found | None:
        finds, seen, views, may_be_closer = glance
        listed = _owned(self._listed, finds, text) if finds else []
        viewed = _owned(self._viewed, seen, views) if seen and self._viewed is not None else []
        if viewed and len(viewed) <= MAX_FINDS:
            viewed = [each for each in viewed if _differs(each, text)]
        if listed and len(listed) <= _MANY:
            listed = self._without_idle_parts(listed, text)
        closer = without_letters_between(text) if may_be_closer else None
        closed = self._closed(closer) if closer is not None else ()
        if not closed:
            closer = None
        return _Found(listed, viewed, closer, closed, views) if listed or viewed or closer else None

    def _closed(self, closer: Rewritten) -> Iterable[Owned]:
        """What stands in the text without letters between, and in most texts nothing does that leaving them out made.

        Only of few finds it is told which may count: of more every one is looked at, because their number is bounded.
        """
        finds = self._find(closer.text)
        few = list(islice(finds, _FEW + 1))
        if len(few) > _FEW:
            return self._owned(closer.text)
        owned = self._listed.owned_by_few(few, closer.text)
        return [
            (start, end, number, target, trick)
            for start, end, number, target, trick in owned
            if trick is Trick.PLAIN
            and target is not None
            and (target.form is not None or closer.is_touched(start, end))
        ]

    def _without_idle_parts(self, listed: list[Owned], text: str) -> list[Owned]:
        """The finds without characters in parts, where none of them can be in a word."""
        characters, words = self.head.characters, len(self._targets)
        places = [
            (start, end, characters[number - words][0])
            for start, end, number, target, trick in listed
            if target is None and trick is Trick.SPLIT_CHARACTER
        ]
        if not places or may_be_joined(places, text, self.head.beside):
            return listed
        return [each for each in listed if each[3] is not None or each[4] is not Trick.SPLIT_CHARACTER]

    def _judged(self, passage: Passage, found: _Found, context: Context) -> Scan:
        """What counts of the finds of a passage."""
        look = Look(self._targets, self.head.characters, passage, context, around=self.head.around, views=found.views)
        self._look(look, found)
        counting = those_that_count(look.candidates, look.said) if look.candidates else []
        exemptions = self._exempting.in_force(context) if counting else ()
        kept, lawful = split_exempted(counting, exemptions, passage.text)
        return Scan(
            tuple([_hit(passage, candidate) for candidate in kept[:MAX_HITS]]),
            look.is_capped or len(kept) > MAX_HITS,
            (passage.text,),
            tuple([_exempted(passage, *each) for each in lawful[:MAX_HITS]]),
            {0: frozenset(look.known)} if look.known else {},
        )

    @property
    def reach(self) -> int:
        """As far around a place as any word and its contexts go, in folded characters."""
        return self.head.around

    def exemptions(self, context: Context) -> Sequence[Exemption]:
        """What is lawful for the shop of the context, for those who look for more than words."""
        return self._exempting.in_force(context)

    def _look(self, look: Look, found: _Found) -> None:
        look.at_listed(found.listed)
        look.at_views(found.viewed)
        if (closer := found.closer) is not None:
            look.at_rewritten(found.closed, closer, Trick.LETTER_BETWEEN)
        for whole in look.texts_joined():
            look.at_rewritten(self._owned(whole.text), whole, Trick.SPLIT_CHARACTER)
        if (once := look.text_written_once()) is not None:
            look.at_rewritten(self._owned(once.text), once, Trick.DOUBLED)

    def _owned(self, text: str) -> Iterator[Owned]:
        return self._listed.owned(self._find(text), text)


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
    )
    return Matcher(head, targets.words, listed, views, lists.exemptions)


def _engine(patterns: Sequence[str], asked: EngineName) -> Engine:
    if asked == "daachorse" and not engine_daachorse.IS_AVAILABLE:
        raise SettingsError("the matcher daachorse is not installed here; use auto or pyahocorasick")
    if asked == "pyahocorasick" or not engine_daachorse.IS_AVAILABLE:
        return PyahocorasickEngine(patterns)
    return engine_daachorse.build_daachorse(patterns)


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


def _hit(passage: Passage, candidate: Candidate) -> Hit:
    target = candidate.target
    word = target.word
    place = passage.place(candidate.start, candidate.end)
    mark = "" if place.is_split else place.field.text[place.end : place.end + 1]
    original = place.original + mark if mark and unicodedata.combining(mark) else place.original
    tricks = list(tricks_between(original, _GAP.sub("", word.text)))
    tricks += [candidate.trick.label] * (candidate.trick is not Trick.PLAIN)
    tricks += ["split_over_segments"] * place.is_split
    return Hit(
        field=place.field.name,
        start=place.start,
        end=place.end,
        text=place.field.text[place.start : place.end],
        word=word.text,
        category=target.wordlist.category,
        wordlist=target.wordlist.name,
        verdict=candidate.verdict,
        source=word.source or target.wordlist.source,
        hidden_by=tuple(dict.fromkeys(tricks)),
        suggestion=target.suggestion,
        segment=place.field.segment,
        at_ms=place.field.at_ms,
    )


def _exempted(passage: Passage, candidate: Candidate, exemption: Exemption) -> Exempted:
    place = passage.place(candidate.start, candidate.end)
    return Exempted(
        field=place.field.name,
        start=place.start,
        end=place.end,
        text=place.field.text[place.start : place.end],
        word=candidate.target.word.text,
        wordlist=candidate.target.wordlist.name,
        category=candidate.target.wordlist.category,
        reason=exemption.reason,
        valid_to=exemption.last_day,
        segment=place.field.segment,
        at_ms=place.field.at_ms,
    )
