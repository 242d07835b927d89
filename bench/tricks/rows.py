"""The tricks of the table, one row each, with the share of planted words that must be found."""

from __future__ import annotations

import string
from collections.abc import Callable
from random import Random
from typing import NamedTuple

from bench.tricks import hanzi, inserted, letters
from bench.tricks.plant import Plant

Hide = Callable[[Plant, Random], str]
FOLDED, DEEP = 0.99, 0.95


class Row(NamedTuple):
    """A trick. `bar` is None where a row only informs; a deep one counts words of three Chinese characters and more.

    `hide` gives back the plant's own text where the trick has nothing to change in it.
    """

    name: str
    hide: Hide
    bar: float | None = FOLDED
    is_deep: bool = False
    needs: str = ""
    """The attribute by which a word or a list allows the trick's undoing; empty when all do."""


def _deep(name: str, hide: Hide, *, bar: float | None = DEEP, needs: str = "") -> Row:
    return Row(name, hide, bar, is_deep=True, needs=needs)


ROWS = (
    Row("as written", lambda plant, _: plant.text),
    Row("full-width", letters.width),
    Row("case", letters.case),
    Row("traditional", hanzi.traditional),
    Row("circled Latin", letters.styled(letters.CIRCLED)),
    Row("negative circled Latin", letters.styled(letters.NEGATIVE_CIRCLED)),
    Row("bold Latin", letters.styled(letters.BOLD, letters.BOLD_ZEROS)),
    Row("squared Latin", letters.styled(letters.SQUARED)),
    Row("regional Latin", letters.styled(letters.REGIONAL)),
    Row("parenthesised Latin", letters.styled(letters.PARENTHESISED)),
    Row("diacritics", letters.marked),
    Row("Cyrillic look-alikes", letters.swapped(letters.CYRILLIC)),
    Row("Greek look-alikes", letters.swapped(letters.GREEK)),
    Row("Kangxi radicals", letters.kangxi),
    Row("CJK compatibility", letters.compatibility),
    Row("* between", inserted.between("*")),
    Row(". between", inserted.between(".")),
    Row("space between", inserted.between(" ")),
    Row("ideographic space between", inserted.between("\u3000")),
    Row("＊ between", inserted.between("＊")),
    Row("♥ between", inserted.between("♥")),
    Row("emoji between", inserted.mixed(*inserted.EMOJI)),
    Row("、 between", inserted.between("、")),
    Row("· between", inserted.between("·")),
    Row("newline between", inserted.between("\n")),
    Row("tab between", inserted.between("\t")),
    Row("zero width space (200B)", inserted.between("\u200b")),
    Row("zero width non-joiner (200C)", inserted.between("\u200c")),
    Row("zero width joiner (200D)", inserted.between("\u200d")),
    Row("left-to-right mark (200E)", inserted.between("\u200e")),
    Row("word joiner (2060)", inserted.between("\u2060")),
    Row("byte order mark (FEFF)", inserted.between("\ufeff")),
    Row("soft hyphen (00AD)", inserted.between("\u00ad")),
    Row("variation selector (FE0F)", inserted.after("\ufe0f")),
    Row("strike-through (0336)", inserted.after("\u0336")),
    Row("right-to-left override (202E)", inserted.between("\u202e")),
    Row("bidi isolates (2066, 2069)", inserted.mixed("\u2066", "\u2069")),
    Row("tag letters", inserted.tag_letters),
    Row("other blanks (00A0, 2003, 2800)", inserted.mixed("\u00a0", "\u2003", "\u2800")),
    Row("Hangul filler (3164)", inserted.between("\u3164"), bar=None),
    Row("HTML tag between", inserted.mixed(*inserted.TAGS)),
    Row("HTML entity between", inserted.mixed(*inserted.ENTITIES)),
    Row("HTML entity for each", inserted.entity_for_each),
    Row("every character doubled", inserted.doubled),
    _deep("digit between", inserted.one_between(string.digits)),
    _deep("letter between", inserted.one_between(string.ascii_lowercase)),
    _deep("keycap or flag between", inserted.mixed(*inserted.KEYCAPS_AND_FLAGS)),
    _deep("all pinyin", hanzi.all_sounds),
    _deep("initials", hanzi.initials, needs="initials"),
    _deep("one pinyin syllable", hanzi.one_syllable),
    _deep("one homophone", hanzi.one_homophone),
    # Gathered by hand and open-ended: what the matcher knows is measured, not that it knows every pair.
    _deep("one look-alike, sellers' own", hanzi.one_sellers_pair, bar=0.9),
    _deep("one look-alike, drawn", hanzi.one_drawn_alike),
    _deep("拆字 of one", hanzi.one_split),
    _deep("拆字 of one, whole radical", hanzi.one_split_whole, bar=None),
    # Goes beyond what is asked, one character in parts: every one of them has to come together.
    _deep("拆字 of all", hanzi.all_split, bar=0.85),
    _deep("reversed", inserted.backwards),
    _deep("reversed, 202E before", inserted.backwards_shown_forwards),
)
BARRED = tuple(row for row in ROWS if row.bar is not None)
