"""Constructions in a text that hides its words: found in the text as it is meant, told where it was sent.

folded text ─ pairs that may hide a word? ─ changes ─ text as meant ─ which constructions? ─ only by a change? ─ finds

Whatever is found here stands in the sentence only because something was read otherwise. A character that is read as
another of its sound or shape must belong to no ordinary word where it stands.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.text.constructions.couples import frequency
from app.text.constructions.finds import LONGEST, Find, finds_among, may_stand, places_of
from app.text.constructions.suspects import suspects
from app.text.constructions.tells import Tells
from app.text.constructions.unhidden import Change, changes_in, unhidden
from app.text.constructions.wording import asked
from app.text.edges import belongs_to_a_word
from app.text.rewritten import Rewritten
from app.text.spellings import Trick
from app.text.words import Context

_GUESSES = frozenset({Trick.HOMOPHONE, Trick.LOOK_ALIKE_CHARACTER, Trick.INITIALS})
_SHORT, _SELDOM = 3, 1_500
"""In a find of so few characters only one less frequent than that is taken for another; a shorter one says nothing."""
_ROUNDS = 3
"""So often what turns out to be an ordinary word is left as it stands, and the rest is read again."""


def hidden_finds(text: str, context: Context, known: Sequence[Find]) -> list[Find]:
    """What constructions find in a folded text as it is meant, beside what is ``known`` to stand there as written."""
    return finds_by(text, changes_in(text, suspects(text)), context, known)


def finds_by(text: str, changes: Sequence[Change], context: Context, known: Sequence[Find]) -> list[Find]:
    """As `hidden_finds`, of a text whose possible changes are told already."""
    found: list[Find] = []
    for _ in range(_ROUNDS):
        if not changes:
            break
        meant = unhidden(text, changes)
        if not (numbers := may_stand(meant.text, ()).patterns):
            break
        found, ordinary = [], set[Change]()
        for number, find in finds_among(numbers, meant.text[:LONGEST], context):
            inside = _changes_inside(changes, meant, find)
            if _says_enough(text, number, find, inside) and not _stands_as_written(
                text, number, *meant.place(find.start, find.end)
            ):
                ordinary |= _ordinary_of(text, inside)
                start, end = meant.place(find.start, find.end)
                found.append(Find(start, end, find.meant, tuple(dict.fromkeys(each.trick for each in inside))))
        if not ordinary:
            break
        changes, found = [each for each in changes if each not in ordinary], []
    return [each for each in found if not any(_says_it(other, each, text) for other in known)]


def _changes_inside(changes: Sequence[Change], meant: Rewritten, find: Find) -> list[Change]:
    start, end = meant.place(find.start, find.end)
    return [each for each in changes if start <= each.start and each.end <= end]


def _says_enough(text: str, number: int, find: Find, inside: Sequence[Change]) -> bool:
    """Whether something was changed and, where it is guessed what it means, enough stands around it.

    Telltales say little each, and a short find has little beside what was guessed.
    """
    if not any(each.trick in _GUESSES for each in inside):
        return bool(inside)
    length = find.end - find.start
    if length < _SHORT or isinstance(asked()[number][1], Tells):
        return False
    return length > _SHORT or all(frequency(text[each.start]) < _SELDOM for each in inside if each.trick in _GUESSES)


def _stands_as_written(text: str, number: int, start: int, end: int) -> bool:
    """Whether the same pattern stands there in the text as it is, where something may excuse it."""
    return any(first < end and start < last for first, last in places_of(number, text))


def _ordinary_of(text: str, changes: Sequence[Change]) -> set[Change]:
    """Those that are guesses and more likely something harmless."""
    return {each for each in changes if each.trick in _GUESSES and belongs_to_a_word(text, each.start)}


def _says_it(known: Find, find: Find, text: str) -> bool:
    """Whether the same construction stands as written in the sentence."""
    return known.meant is find.meant and "\n" not in text[min(known.start, find.start) : max(known.end, find.end)]
