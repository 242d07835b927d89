"""Two more views of a folded text: as it sounds, and as its characters look without their radicals.

A word with one character replaced by a homophone (加薇信) or by one of the same family (保→葆) cannot be listed in all
its spellings. In a view in which all characters of one sound, or of one family, are one character, it is an ordinary
word again, and one more run of the engine finds it. What was found is only a candidate: a view forgets a lot.

Both views stand in one text, the sounds, a wall, the shapes, so that one run serves both. A sound is written as a
private-use character, so the two never mix. Rare characters are all one in the view of shapes: who writes 喦 means 癌.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from app.text.characters import as_folded, is_han, is_rare, readings, shapes, syllables_of
from app.text.folding_table import IDEOGRAPHS, WALL
from app.text.kept import given

_CODE_POINTS = 0x110000
_FIRST_SOUND = 0xE000
RARE = "\uf8ff"
"""Any rare character in the view of shapes."""
_CODE_POINT = np.dtype("<u4")
KEPT = "views"


def both_views(text: str) -> str:
    """The sounds of a folded text, a wall, its shapes, and a wall: twice its length and two."""
    codes = np.frombuffer((text + WALL).encode("utf-32-le"), _CODE_POINT)
    return str(_views().take(codes, axis=1, mode="clip").data, "utf-32-le")


def sounds_alone(text: str) -> str:
    """The sounds of a folded text, where no shapes are asked for."""
    codes = np.frombuffer(text.encode("utf-32-le"), _CODE_POINT)
    return str(_views()[0].take(codes, mode="clip").data, "utf-32-le")


def as_sounds(letters: str) -> str:
    """Folded letters as they stand in the view of sounds."""
    return letters.translate(_sound_table())


def as_shapes(letters: str) -> str:
    """Folded letters as they stand in the view of shapes."""
    return letters.translate(_shape_table())


def other_sounds(letters: str) -> Iterator[tuple[int, str]]:
    """Places of letters that in this word are said otherwise than alone (重 of 重庆), with that sound's character."""
    numbers = _sound_numbers()
    for at, (char, syllable) in enumerate(zip(letters, syllables_of(letters), strict=False)):
        if syllable in numbers and is_han(char) and (code := chr(numbers[syllable])) != as_sounds(char):
            yield at, code


def other_shapes(letters: str) -> Iterator[tuple[int, str]]:
    """Places of letters that belong to more than one family, with the others, and each place as a rare character.

    级 is of the family of 及, as 极 is. But 微 is also the head of a family (薇), and 信 may be written as its rest 言.
    """
    known = shapes()
    for at, char in enumerate(letters):
        if is_han(char):
            rests = known[char].rests if char in known else ""
            heads = [char, *(as_shapes(rest) for rest in rests), *rests]
            for head in dict.fromkeys(as_folded(head) for head in heads):
                if head != as_shapes(char) and head in _heads():
                    yield at, head
            yield at, RARE


@cache
def _sound_numbers() -> dict[str, int]:
    names = sorted({said[0] for said in readings().values() if said and said[0]})
    return {name: _FIRST_SOUND + number for number, name in enumerate(names)}


def kept() -> bytes:
    """What differs in the views from the text, as bytes."""
    codes, _, others, _ = _differing()
    return np.concatenate((np.array([len(codes), len(others)], np.uint32), *_differing())).tobytes()


@cache
def _differing() -> tuple[NDArray[np.uint32], ...]:
    """Characters and their sounds, characters and their shapes."""
    if (written := given(KEPT)) is not None:
        numbers = np.frombuffer(written, np.uint32)
        sounds, looks = numbers[:2].tolist()
        return tuple(np.split(numbers, list(accumulate((2, sounds, sounds, looks))))[1:])
    numbered = _sound_numbers()
    said = {ord(char): numbered[each[0]] for char, each in readings().items() if is_han(char) and each and each[0]}
    families = {ord(char): ord(as_folded(shape.rests[0])) for char, shape in shapes().items() if shape.rests}
    rare = {code: ord(RARE) for block in IDEOGRAPHS for code in block if is_rare(chr(code))}
    shaped = families | rare
    return tuple(np.fromiter(some, np.uint32) for some in (said, said.values(), shaped, shaped.values()))


@cache
def _sound_table() -> Mapping[int, int]:
    codes, sounds, *_ = _differing()
    return dict(zip(codes.tolist(), sounds.tolist(), strict=True))


@cache
def _shape_table() -> Mapping[int, int]:
    *_, codes, heads = _differing()
    return dict(zip(codes.tolist(), heads.tolist(), strict=True))


@cache
def _heads() -> frozenset[str]:
    """What some character is in the view of shapes."""
    return frozenset(map(chr, _shape_table().values())) | {char for char in shapes() if ord(char) not in _shape_table()}


@cache
def _views() -> NDArray[np.uint32]:
    """The sound of every code point, and its shape."""
    views = np.tile(np.arange(_CODE_POINTS, dtype=np.uint32), (2, 1))
    some, sounds, others, heads = _differing()
    views[0, some], views[1, others] = sounds, heads
    return views
