"""The other spellings of a word that are few enough to be looked for one by one, each with the trick it undoes.

What has too many spellings is looked for otherwise: homophones and characters of one family in a view (see `views`),
characters in parts and letters between in the text rewritten (see `rewritten`).
Only words of three or more Chinese characters are respelt: a shorter one with a character changed is another word.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from functools import cache

import rjieba

from app.text.characters import as_folded, is_han, shapes, syllables_of
from app.text.normalise import fold
from app.text.words import Depth, Spell

LEAST_CHARACTERS = 3
_MOST_PARTS = 5
_SPLIT_FURTHER = 2


class Trick(IntEnum):
    """How a find differs from the listed word; the numbers are kept beside the patterns."""

    PLAIN = 0
    DOUBLED = 1
    PINYIN = 2
    INITIALS = 3
    PINYIN_SYLLABLE = 4
    SPLIT_CHARACTER = 5
    LETTER_BETWEEN = 6
    REVERSED = 7
    HOMOPHONE = 8
    LOOK_ALIKE_CHARACTER = 9

    @property
    def is_guess(self) -> bool:
        """Whether an honest text could say it by chance, so that a person has to look."""
        return self >= Trick.REVERSED

    @property
    def label(self) -> str:
        """Its name among a hit's `hidden_by`."""
        return self.name.lower()


def is_respelt(letters: str) -> bool:
    """Whether the word is long enough to be looked for in other spellings."""
    return sum(map(is_han, letters)) >= LEAST_CHARACTERS


def spellings(letters: str, *, depth: Depth, spell: frozenset[Spell] | None, alike: int) -> Iterator[tuple[str, Trick]]:
    """Folded letters in every other spelling that is listed; of each character the `alike` nearest look-alikes.

    Without a `spell` of its own a word of three or more Chinese characters is looked for in pinyin, too.
    """
    deep = is_respelt(letters)
    wanted = spell if spell is not None else frozenset({Spell.PINYIN} if deep and depth.guesses else ())
    if wanted and all(map(is_han, letters)):
        yield from _in_latin(letters, wanted)
    if deep and depth.guesses:
        yield from one_in_pinyin(letters)
        if (backwards := letters[::-1]) != letters and not rjieba.has_word(backwards):
            yield backwards, Trick.REVERSED
    if deep and depth is Depth.SHAPE:
        yield from look_alikes(letters, alike)


def twice(letters: str) -> str:
    """Each character written twice."""
    return "".join([letter * 2 for letter in letters])


def _in_latin(letters: str, wanted: frozenset[Spell]) -> Iterator[tuple[str, Trick]]:
    said = syllables_of(letters)
    if Spell.PINYIN in wanted:
        whole = "".join(said)
        yield from ((each, Trick.PINYIN) for each in dict.fromkeys((whole, whole.replace("v", "u"))))
    if Spell.INITIALS in wanted:
        yield "".join(syllable[0] for syllable in said), Trick.INITIALS


def one_in_pinyin(letters: str) -> Iterator[tuple[str, Trick]]:
    """One character after the other written as its syllable."""
    for at, (char, said) in enumerate(zip(letters, syllables_of(letters), strict=False)):
        if is_han(char) and said != char:
            yield letters[:at] + said + letters[at + 1 :], Trick.PINYIN_SYLLABLE


def look_alikes(letters: str, count: int) -> Iterator[tuple[str, Trick]]:
    """One character after the other written as one of its nearest look-alikes, unless that is a word of its own."""
    known = shapes()
    for at, char in enumerate(letters):
        if is_han(char) and char in known:
            for other in dict.fromkeys(map(as_folded, known[char].look_alikes[:count])):
                spelling = letters[:at] + other + letters[at + 1 :]
                if other != char and not rjieba.has_word(spelling):
                    yield spelling, Trick.LOOK_ALIKE_CHARACTER


@cache
def parts_of(char: str) -> tuple[str, ...]:
    """The ways a character comes apart (亻言 for 信), each also with a part taken apart once more, as folded text."""
    known = shapes()
    if not is_han(char) or char not in known:
        return ()
    splits = known[char].splits
    finer = [
        split[:at] + deeper + split[at + 1 :]
        for split in splits[:_SPLIT_FURTHER]
        for at, part in enumerate(split)
        if part in known
        for deeper in known[part].splits[:1]
    ]
    folded = [fold(split).text for split in (*splits, *finer) if len(split) <= _MOST_PARTS]
    return tuple(split for split in dict.fromkeys(folded) if len(split) > 1)
