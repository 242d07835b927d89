"""Turning a set of lists into what the engines look for: targets, their spellings, and their shadows in the views.

Look-alike spellings are many, so their number is bounded for the whole set: the shipped lists get every look-alike that
is known, a set of 64,000 words looked for by shape the nearest few of each character.
"""

from __future__ import annotations

from app.text.candidates import Target, target_of
from app.text.lookup import Spelled
from app.text.spellings import Trick, is_respelt, spellings, twice
from app.text.views import as_shapes, as_sounds, other_shapes, other_sounds
from app.text.words import Depth, WordlistSet

MOST_LOOK_ALIKES = 24
_ALIKE_BUDGET = 500_000
"""Look-alike spellings of a whole set; a million more would cost 8 s and 200 MB to build, and find little."""


def targets_in(lists: WordlistSet) -> tuple[list[Target], Spelled, Spelled]:
    """Every word as a target, the patterns to be found in folded texts, and those to be found in the views."""
    targets = list(_targets(lists))
    shaped = sum(len(each.letters) for each in targets if each.depth is Depth.SHAPE and is_respelt(each.letters))
    alike = min(MOST_LOOK_ALIKES, max(1, _ALIKE_BUDGET // max(shaped, 1)))
    listed, views = Spelled(), Spelled()
    for number, target in enumerate(targets):
        listed.add(target.anchor, number, Trick.PLAIN)
        if target.depth is Depth.EXACT:
            continue
        if not target.word.gaps and not target.letters.isascii():
            listed.add(twice(target.letters), number, Trick.DOUBLED)
        if all(gap.least == 0 for gap in target.word.gaps):
            for spelling, trick in spellings(target.letters, depth=target.depth, spell=target.spell, alike=alike):
                listed.add(spelling, number, trick)
        if target.depth.guesses and is_respelt(target.letters):
            _add_views(views, number, target)
    return targets, listed, views


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
