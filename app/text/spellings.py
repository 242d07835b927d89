"""The other spellings of a word that are few enough to be looked for one by one, each with the trick it undoes.

What has too many spellings is looked for otherwise: homophones and characters of one family in a view (see `views`),
characters in parts and letters between in the text rewritten (see `rewritten`).
Only words of three or more Chinese characters are respelt: a shorter one with a character changed is another word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import IntEnum
from functools import cache
from typing import NamedTuple

import rjieba

from app.text.characters import Shape, as_folded, is_han, is_rare, shapes, syllables_of, traditional_forms
from app.text.normalise import fold
from app.text.words import Depth, Spell

LEAST_CHARACTERS = 3
_MOST_PARTS = 5
_PAIR = 2


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
    FILLER_BETWEEN = 10
    LATIN_RESPELT = 11

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
    """One character after the other written as one of its nearest look-alikes, unless that is a word of its own.

    Rare characters are left out: any of them stands for a look-alike in the view of shapes.
    """
    for at, char in enumerate(letters):
        if is_han(char):
            for other in _common_look_alikes(char)[:count]:
                spelling = letters[:at] + other + letters[at + 1 :]
                if other != char and not rjieba.has_word(spelling):
                    yield spelling, Trick.LOOK_ALIKE_CHARACTER


@cache
def _common_look_alikes(char: str) -> tuple[str, ...]:
    alike = map(as_folded, shapes().get(char, Shape()).look_alikes)
    return tuple(other for other in dict.fromkeys(alike) if not is_rare(other))


class Parts(NamedTuple):
    """The ways a character comes apart, as folded text: as it is written, and those one has to think of."""

    usual: tuple[str, ...]
    others: tuple[str, ...]


@cache
def parts_of(char: str) -> Parts:
    """The ways a character comes apart (亻言 for 信).

    The usual ones are those of the table, also with one part taken apart once more or two put together (口吅 for 品),
    and those of the traditional forms (土昜 for 场); the others are two parts in the other order (日生 for 星).
    """
    known = shapes()
    if not is_han(char) or char not in known:
        return Parts((), ())
    forms = (char, *traditional_forms().get(char, ()))
    splits = [split for form in forms if form in known for split in known[form].splits]
    coarser = [way for split in splits for way in _put_together(split)]
    finer = [way for split in splits[:_PAIR] for way in _taken_apart(split)]
    usual = _folded([*splits, *coarser, *finer])
    others = _folded([split[::-1] for split in splits if len(split) == _PAIR])
    return Parts(usual, tuple(way for way in others if way not in usual))


def _folded(ways: Iterable[str]) -> tuple[str, ...]:
    folded = [_as_folded(way) for way in ways if len(way) <= _MOST_PARTS]
    return tuple(way for way in dict.fromkeys(folded) if len(way) > 1)


def _as_folded(way: str) -> str:
    """Two Chinese characters fold one by one; more may be set apart by a stroke, and other parts to several."""
    is_pair = len(way) == _PAIR and is_han(way[0]) and is_han(way[1])
    return as_folded(way[0]) + as_folded(way[1]) if is_pair else fold(way).text


def _taken_apart(split: str) -> Iterator[str]:
    known = shapes()
    for at, part in enumerate(split):
        if part in known and known[part].splits:
            yield split[:at] + known[part].splits[0] + split[at + 1 :]


def _put_together(split: str) -> Iterator[str]:
    for at in range(len(split) - 1) if len(split) > _PAIR else ():
        for whole in _wholes().get(split[at : at + 2], ())[:_PAIR]:
            yield split[:at] + whole + split[at + 2 :]


@cache
def _wholes() -> Mapping[str, list[str]]:
    """The characters that two parts make."""
    found: dict[str, list[str]] = {}
    for char, shape in shapes().items():
        for split in shape.splits:
            if len(split) == _PAIR:
                found.setdefault(split, []).append(char)
    return found
