"""Naming the tricks that hid a word: what the original shows that the word as listed does not.

An officer decides faster when told *why* `徽❤信` counts as a hit. Nothing here decides whether it does.
"""

from __future__ import annotations

import re
import unicodedata

from app.text.folding_table import SOFT_DOT, SOFT_LINE, WALL, table
from app.text.set_apart import STROKES, together

_TAG = re.compile(r"<[A-Za-z/!][^<>]{0,200}>|&#?[A-Za-z0-9]{1,8};")
_DROPPED = {
    "Zs": "inserted_space",
    "Zl": "inserted_line_end",
    "Zp": "inserted_line_end",
    "Cf": "zero_width",
    "Mn": "combining_mark",
    "Me": "combining_mark",
    "Mc": "combining_mark",
    "Cc": "control",
    "Cs": "control",
    "Co": "control",
    "Cn": "control",
}
_FULL_WIDTH = range(0xFF01, 0xFF5F)
_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0000, 0xE0200))
_EMOJI_FROM = 0x2600


def tricks_between(original: str, written: str) -> tuple[str, ...]:
    """The tricks undone to read `written` (the listed word) in `original`, each once, in order of appearance."""
    if original == written:
        return ()
    known = set(_tricks_in(written))
    return tuple(dict.fromkeys(trick for trick in _tricks_in(original) if trick not in known))


def _tricks_in(text: str) -> list[str]:
    plain = _TAG.sub("", text)
    found = [trick for char in plain if (trick := _trick(char))]
    if any(stroke in plain for stroke in STROKES) and together(plain) != plain:
        found.append("inserted_symbol")
    return found if plain == text else ["markup", *found]


def _trick(char: str) -> str:
    code = ord(char)
    if "一" <= char <= "鿿":
        return "traditional" if int(table().codes[code]) != code else ""
    if char.isascii() and char.isalnum():
        return "case" if char.isupper() else ""
    if any(code in block for block in _SELECTORS):
        return "zero_width"
    folded = int(table().codes[code])
    if folded == 0 or chr(folded) in (SOFT_DOT, SOFT_LINE, WALL):
        return _inserted(char, code, folded)
    return _changed(char, code) if folded != code else ""


def _inserted(char: str, code: int, folded: int) -> str:
    if chr(folded) == SOFT_LINE or char == "\r":
        return "inserted_line_end"
    kind = unicodedata.category(char)
    if char == "\t":
        return "inserted_space"
    if kind == "So" and code >= _EMOJI_FROM:
        return "emoji"
    return _DROPPED.get(kind, "inserted_symbol")


def _changed(char: str, code: int) -> str:
    if code in _FULL_WIDTH:
        return "full_width"
    name = unicodedata.name(char, "")
    if name.startswith("CJK UNIFIED"):
        return "traditional"
    if name.startswith(("CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU")):
        return "look_alike"
    if name.startswith("LATIN") and " WITH " in name:
        return "diacritic"
    if unicodedata.normalize("NFKC", char) == char and name.startswith("LATIN"):
        return "case" if char.isupper() else "look_alike"
    return "compatibility_form"
