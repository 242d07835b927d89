"""What is known of single Chinese characters: look-alikes, parts, the part without the radical, and how they sound.

Shapes come from a table made by `scripts/write_character_shapes.py`; sounds from pypinyin. Both are read once, when the
first word is looked for deeper than by folding.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import rjieba
from pypinyin import Style, lazy_pinyin
from pypinyin.pinyin_dict import pinyin_dict

from app.text.folding_table import table

_SHAPES = Path(__file__).with_name("data") / "character_shapes.txt"
_RARE = 20
"""Below this frequency (of 60 million) are 13,000 of 20,000 characters, and 400 of the 6,763 of GB 2312."""
_KEPT = 1 << 15
_DIAERESIS = "\u0308"


class Shape(NamedTuple):
    """`look_alikes` nearest first; `splits` the ways it comes apart; `rests` what is left without the radical."""

    look_alikes: str = ""
    splits: tuple[str, ...] = ()
    rests: str = ""


def is_han(char: str) -> bool:
    """Whether the character is a Chinese one."""
    return "\u3400" <= char <= "\u9fff" or "\U00020000" <= char <= "\U000323af"


@lru_cache(maxsize=_KEPT)
def is_rare(char: str) -> bool:
    """Whether ordinary texts do not use the character: then it stands for another that looks like it."""
    return is_han(char) and rjieba.suggest_freq(char) < _RARE


@cache
def shapes() -> Mapping[str, Shape]:
    """The shape of each of some 20,000 characters."""
    found: dict[str, Shape] = {}
    for line in _SHAPES.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            char, alike, splits, rests = line.split("\t")
            found[char] = Shape(alike, tuple(splits.split()), rests)
    return found


@lru_cache(maxsize=_KEPT)
def may_stand_for(one: str, other: str) -> bool:
    """Whether a character is rare, differs from another by its radical only, or one is the other's rest."""
    known = shapes()
    if is_rare(one):
        return True
    mine, theirs = known.get(one, Shape()).rests, known.get(other, Shape()).rests
    return other in mine or one in theirs or bool(set(mine) & set(theirs))


def as_folded(char: str) -> str:
    """The character as it stands in folded text; itself where it folds to several or to nothing."""
    folded = table().codes.item(ord(char))
    return chr(folded) if folded >= 0x80 and not 0xD800 <= folded < 0xE000 else char  # noqa: PLR2004 - marks are low


@cache
def traditional_forms() -> Mapping[str, tuple[str, ...]]:
    """The other characters that fold to a character."""
    found: dict[str, list[str]] = {}
    for char in shapes():
        if (folded := as_folded(char)) != char:
            found.setdefault(folded, []).append(char)
    return {char: tuple(forms) for char, forms in found.items()}


@cache
def readings() -> Mapping[str, tuple[str, ...]]:
    """The toneless syllables of each character, the commonest first; ü is v, as it is typed."""
    return {
        chr(code): tuple(dict.fromkeys(_toneless(syllable) for syllable in said.split(",")))
        for code, said in pinyin_dict.items()
    }


@lru_cache(maxsize=64)
def syllables_of(word: str) -> tuple[str, ...]:
    """How a word is said, one toneless syllable a character (the character itself where it has none)."""
    return tuple(lazy_pinyin(word, style=Style.NORMAL, v_to_u=False, errors=list))  # type: ignore[arg-type]


@cache
def _toneless(syllable: str) -> str:
    apart = unicodedata.normalize("NFD", syllable.replace("ê", "e").replace("ɡ", "g"))
    plain = apart.replace("u" + _DIAERESIS, "v")
    return "".join(char for char in plain if char.isascii())
