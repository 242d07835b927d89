"""Turning a set of lists into what the engines look for: targets, their spellings, and their shadows in the views.

Some spellings are many, so their number is bounded for the whole set: the shipped lists get every look-alike that is
known, a set of 64,000 words looked for by shape the nearest of each character, and the view of families.
"""

from __future__ import annotations

from collections.abc import Iterable

from app.text.candidates import Target, target_of
from app.text.lookup import Spelled
from app.text.spellings import Effort, Trick, is_respelt, spellings, twice
from app.text.views import as_shapes, as_sounds, other_shapes, other_sounds
from app.text.words import Depth, WordlistSet

MOST = Effort(look_alikes=24, splits=4)
_BUDGET = Effort(look_alikes=300_000, splits=200_000)
"""Spellings of a whole set; a million patterns take 10 s and half a gigabyte to build."""


def targets_in(lists: WordlistSet) -> tuple[list[Target], Spelled, Spelled]:
    """Every word as a target, the patterns to be found in folded texts, and those to be found in the views."""
    targets = list(_targets(lists))
    effort = _effort(targets)
    listed, views = Spelled(), Spelled()
    for number, target in enumerate(targets):
        listed.add(target.anchor, number, Trick.PLAIN)
        if target.depth is Depth.EXACT:
            continue
        if not target.word.gaps and not target.letters.isascii():
            listed.add(twice(target.letters), number, Trick.DOUBLED)
        if all(gap.least == 0 for gap in target.word.gaps):
            for spelling, trick in spellings(target.letters, depth=target.depth, spell=target.spell, effort=effort):
                listed.add(spelling, number, trick)
        if target.depth.guesses and is_respelt(target.letters):
            _add_views(views, number, target)
    return targets, listed, views


def _effort(targets: Iterable[Target]) -> Effort:
    """As much for each character as the budget allows, but something."""
    characters = sum(len(each.letters) for each in targets if each.depth is Depth.SHAPE and is_respelt(each.letters))
    return Effort(*(min(most, max(1, whole // max(characters, 1))) for most, whole in zip(MOST, _BUDGET, strict=True)))


def _targets(lists: WordlistSet) -> list[Target]:
    found = []
    for wordlist in lists.lists:
        category = lists.categories[wordlist.category]
        for word in wordlist.words:
            suggestion = word.suggest if category.is_suggestion_allowed else None
            found.append(target_of(wordlist, word, suggestion=suggestion))
    return found


def _add_views(views: Spelled, number: int, target: Target) -> None:
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
    for at, other in () if target.word.gaps else other_shapes(letters):
        views.add(looks[:at] + other + looks[at + 1 :], number, Trick.LOOK_ALIKE_CHARACTER)
