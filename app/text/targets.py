"""Turning a set of lists into what the engines look for: targets, their spellings, and their shadows in the views.

Some spellings are many, so their number is bounded for the whole set: the shipped lists get every look-alike that is
known, a set of 64,000 words looked for by shape the nearest of each character, and the view of families.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from app.text.candidates import Target, target_of
from app.text.characters import is_han
from app.text.in_parts import Beside, beside_in
from app.text.lookup import Spelled
from app.text.spellings import Trick, is_respelt, parts_of, spellings
from app.text.views import as_shapes, as_sounds, other_shapes, other_sounds
from app.text.words import Depth, WordlistSet

_MOST_LOOK_ALIKES = 24
_LOOK_ALIKE_BUDGET = 2_500_000
"""Characters of all look-alike spellings of a whole set; a million spellings take 7 s and half a gigabyte to build."""


_SPELT_OUT = 20_000
"""Words looked for by shape for which every place of a family or a rare character is spelt out. More are found by
families alone: an engine too large for the processor's cache takes twice as long for every text."""


class Targets(NamedTuple):
    """`listed` are the patterns for folded texts, `views` those for the views.

    `alike` is how many look-alikes of each character are known.

    Owners in `listed` from `len(words)` on are not words but characters in parts: `characters[owner - len(words)]`, a
    character and whether its parts are in an order that is not usual; `beside` is what they stand beside. The owner
    after those is any character that a word begins with, written twice.
    """

    alike: int
    words: Sequence[Target]
    characters: Sequence[tuple[str, bool]]
    beside: Beside
    listed: Spelled
    views: Spelled


def targets_in(lists: WordlistSet) -> Targets:
    """Every word and every spelling of it that has to be known beforehand."""
    alike = _look_alikes_each(lists)
    words = list(_targets(lists, alike))
    is_spelt_out = sum(each.depth is Depth.SHAPE for each in words) <= _SPELT_OUT
    listed, views = Spelled(), Spelled()
    for number, target in enumerate(words):
        _add_listed(listed, number, target, alike)
        if target.depth.guesses and is_respelt(target.letters):
            _add_views(views, number, target, is_spelt_out=is_spelt_out)
    shapely = [each for each in words if each.depth is Depth.SHAPE and is_respelt(each.letters)]
    shaped = {char for each in shapely for char in each.letters}
    characters = [(char, is_odd) for char in sorted(filter(is_han, shaped)) for is_odd in (False, True)]
    for number, (char, is_odd) in enumerate(characters, len(words)):
        for parts in parts_of(char).others if is_odd else parts_of(char).usual:
            listed.add(parts, number, Trick.SPLIT_CHARACTER)
    for char in sorted({each.anchor[0] for each in words if each.may_be_doubled}):
        listed.add(char * 2, len(words) + len(characters), Trick.DOUBLED)
    beside = beside_in(part for each in shapely for part in each.word.parts)
    return Targets(alike, words, characters, beside, listed, views)


def _look_alikes_each(lists: WordlistSet) -> int:
    """As many of each character as the budget allows, but one; a word of n characters has n of n for each."""
    shaped = [
        sum(map(len, word.parts)) ** 2
        for each in lists.lists
        for word in each.words
        if (word.match or each.match) is Depth.SHAPE and is_respelt("".join(word.parts))
    ]
    return min(_MOST_LOOK_ALIKES, max(1, _LOOK_ALIKE_BUDGET // max(sum(shaped), 1)))


def _targets(lists: WordlistSet, alike: int) -> Iterable[Target]:
    for wordlist in lists.lists:
        for word in wordlist.words:
            yield target_of(wordlist, word, lists.categories[wordlist.category], alike=alike)


def _add_listed(listed: Spelled, number: int, target: Target, alike: int) -> None:
    listed.add(target.anchor, number, Trick.PLAIN)
    if target.depth is Depth.EXACT:
        return
    for form in target.other_forms:
        for anchor in form.anchors:
            listed.add(anchor, number, form.trick)
    for spelling, trick in spellings(target.letters, depth=target.depth, spell=target.spell, alike=alike):
        if target.form is None or (trick is Trick.LOOK_ALIKE_CHARACTER and target.may_be_closed):
            listed.add(spelling, number, trick)


def _add_views(views: Spelled, number: int, target: Target, *, is_spelt_out: bool) -> None:
    """The anchor as it sounds and, where wanted, as it looks; and with each character of two sounds or families."""
    letters = target.anchor
    sounds = as_sounds(letters)
    views.add(sounds, number, Trick.HOMOPHONE)
    for at, other in () if target.word.gaps else other_sounds(letters):
        views.add(sounds[:at] + other + sounds[at + 1 :], number, Trick.HOMOPHONE)
    if target.depth is not Depth.SHAPE:
        return
    looks = as_shapes(letters)
    views.add(looks, number, Trick.LOOK_ALIKE_CHARACTER)
    for at, other in other_shapes(letters) if is_spelt_out and not target.word.gaps else ():
        views.add(looks[:at] + other + looks[at + 1 :], number, Trick.LOOK_ALIKE_CHARACTER)
