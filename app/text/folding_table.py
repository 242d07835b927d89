"""The table behind folding: one number per code point saying what it is compared as.

The order matters. Each character is folded first (NFKC, look-alike, case, traditional to simplified) and only the
*result's* category decides whether it stays: dropping symbols first would delete circled letters and Kangxi radicals,
which are exactly what sellers hide words with. Every list of characters comes from a kept package: Unicode's own data,
OpenCC and the TR39 confusables; hand-written are the sentence ends and a handful of letters.

Values below are code points, or one of the marks: 0 (dropped), `WALL`, `SOFT_DOT`, `SOFT_LINE`, `EXPANDS`.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
import zlib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from typing import NamedTuple

import numpy as np
import opencc
import orjson
from confusable_homoglyphs.confusables import confusables_data  # type: ignore[import-untyped]
from numpy.typing import NDArray

from app.text.kept import given

WALL, SOFT_DOT, SOFT_LINE = "\n", "\x01", "\x02"
# A lone surrogate cannot be decoded, so the fast path learns for free that a 1:n fold is in the text.
EXPANDS = 0xD800
KEPT = "folding"

_CODE_POINTS = 0x110000
_FAST = 1
_HARD_ENDS = frozenset("。！？!?")
_LINE_ENDS = frozenset("\n\v\f\x1c\x1d\x1e\x85\u2028\u2029")
IDEOGRAPHS = (range(0x3400, 0xA000), range(0x20000, 0x323B0))
_SYLLABLES = range(0xAC00, 0xD7A4)
# Everything else that may fold to something: the rest of the first two planes and the compatibility ideographs.
_LOOKED_AT = (
    range(0x3400),
    range(0xA000, 0xAC00),
    range(0xD7A4, 0xD800),
    range(0xF900, 0x20000),
    range(0x2F800, 0x2FA20),
)
_LOOK_ALIKE_SCRIPTS = ("CYRILLIC", "GREEK", "LATIN", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU")
# Small letters that sellers use and TR39 leaves out, because it compares capitals or exact shapes.
_LOOK_ALIKES_TOO = {"п": "n", "η": "n", "ω": "w", "ш": "w", "и": "u", "ӏ": "l"}
# Letters by category that no font shows.
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0")
_NAMED_LETTER = re.compile(
    r"(?:LATIN (?:SMALL|CAPITAL) LETTER|LATIN LETTER SMALL CAPITAL|NEGATIVE (?:CIRCLED|SQUARED) LATIN CAPITAL LETTER"
    r"|REGIONAL INDICATOR SYMBOL LETTER) ([A-Z])(?: WITH .*)?"
)
_NAMED_DIGIT = re.compile(r".*(?:NEGATIVE|DOUBLE) CIRCLED (?:SANS-SERIF )?(?:DIGIT|NUMBER) .*")


class Table(NamedTuple):
    """`codes[c]` is what code point `c` is compared as; `expansions[c]` the 1:n folds; `version` names the whole."""

    codes: NDArray[np.uint32]
    expansions: dict[int, str]
    version: str


@cache
def table() -> Table:
    """The folding table (4.3 MiB), as it was kept or built once per process (about half a second)."""
    written = given(KEPT)
    return _built() if written is None else _read(written)


def kept() -> bytes:
    """The folding table as bytes."""
    codes, expansions, named = table()
    head = orjson.dumps([named, {chr(code): folded for code, folded in expansions.items()}])
    return len(head).to_bytes(4, "little") + head + zlib.compress(codes.tobytes(), _FAST)


def _read(written: bytes) -> Table:
    ends = 4 + int.from_bytes(written[:4], "little")
    named, expansions = orjson.loads(written[4:ends])
    codes = np.frombuffer(zlib.decompress(written[ends:]), np.uint32)
    return Table(codes, {ord(char): folded for char, folded in expansions.items()}, named)


def _built() -> Table:
    codes = np.zeros(_CODE_POINTS, np.uint32)
    expansions: dict[int, str] = {}
    for block in (*IDEOGRAPHS, _SYLLABLES):
        codes[block.start : block.stop] = np.arange(block.start, block.stop, dtype=np.uint32)
    simplified = _simplified()
    for traditional, simple in simplified.items():
        codes[ord(traditional)] = ord(simple)
    look_alikes = _look_alikes()
    for block in _LOOKED_AT:
        for code, folded in _fold_block(block, look_alikes, simplified):
            codes[code] = ord(folded) if len(folded) == 1 else EXPANDS
            if len(folded) > 1:
                expansions[code] = folded
    codes.setflags(write=False)
    return Table(codes, expansions, _name_of(codes, expansions))


def _fold_block(block: range, look_alikes: dict[str, str], simplified: dict[str, str]) -> Iterator[tuple[int, str]]:
    category = unicodedata.category
    normal = unicodedata.normalize
    for code in block:
        char = chr(code)
        kind = category(char)
        if kind in {"Cn", "Co", "Cs"} or char in _FILLERS:
            continue
        plain = _one_form(char, kind, look_alikes) if code > 0x7F else char.lower()  # noqa: PLR2004 - end of ASCII
        if code > 0x7F and not plain.isalnum():  # noqa: PLR2004 - end of ASCII
            plain = normal("NFKC", plain)
        folded = "".join([_settled(simplified.get(part, part)) for part in plain])
        if len(folded) > 1:
            folded = folded.translate(_NO_SOFT_ENDS)
            folded = folded.strip(WALL) or folded[:1]
        if folded:
            yield code, folded


_NO_SOFT_ENDS = {ord(SOFT_DOT): None, ord(SOFT_LINE): None}


def _one_form(char: str, kind: str, look_alikes: dict[str, str]) -> str:
    """The character without width, style, marks, case and disguise (possibly several characters)."""
    named = _letter_in_name(char, kind)
    if named:
        return named
    parts = unicodedata.normalize("NFKC", look_alikes.get(char, char))
    parts = "".join([look_alikes.get(part, part) for part in parts]).casefold()
    return "".join([look_alikes.get(bare, bare) for bare in map(_bare, parts)])


def _letter_in_name(char: str, kind: str) -> str:
    """The letter or digit a styled character is named after where NFKC does not know it, else empty."""
    name = unicodedata.name(char, "")
    if kind == "Nd":
        return str(unicodedata.decimal(char))
    if kind == "No" and _NAMED_DIGIT.fullmatch(name):
        return str(int(unicodedata.numeric(char)))
    if kind in {"Lu", "Ll", "So"}:
        found = _NAMED_LETTER.fullmatch(name)
        return found.group(1).lower() if found else ""
    return ""


def _bare(char: str) -> str:
    """The base letter of an accented Latin, Greek or Cyrillic letter; any other character as it is."""
    base = unicodedata.normalize("NFKD", char)[0]
    if base == char or not base.isalpha():
        return char
    return base if base.isascii() or unicodedata.name(base, "").startswith(("GREEK", "CYRILLIC")) else char


def _settled(char: str) -> str:
    """The character as it stands in folded text: itself, a mark, or nothing."""
    if char in _HARD_ENDS:
        return WALL
    if char == ".":
        return SOFT_DOT
    if char in _LINE_ENDS:
        return SOFT_LINE
    return char if unicodedata.category(char)[0] in "LN" else ""


def _simplified() -> dict[str, str]:
    """OpenCC's 1:1 traditional to simplified characters, with those written otherwise in Taiwan and Hong Kong."""
    chars = [chr(code) for block in IDEOGRAPHS for code in block]
    found: dict[str, str] = {}
    for standard in ("t2s", "tw2s", "hk2s"):
        converted = opencc.OpenCC(standard).convert("\n".join(chars)).split("\n")
        for char, new in zip(chars, converted, strict=True):
            if char != new and len(new) == 1:
                found.setdefault(char, new)
    return {char: found.get(new, new) for char, new in found.items()}


def _look_alikes() -> dict[str, str]:
    """Letters of other scripts that look like an ASCII letter, and CJK radicals that look like an ideograph (TR39)."""
    found: dict[str, str] = {}
    for char, twins in confusables_data.items():
        if len(char) != 1 or char.isascii():
            continue
        name = unicodedata.name(char, "")
        for item in twins:
            other = item["c"]
            latin = len(other) == 1 and other.isascii() and other.isalpha() and name.startswith(_LOOK_ALIKE_SCRIPTS)
            radical = name.startswith("CJK RADICAL") and len(other) == 1 and ord(other) in IDEOGRAPHS[0]
            if latin or radical:
                found.setdefault(char, other.lower())
    for char, twin in found.items():
        if twin == "l" and unicodedata.category(char) == "Lu":  # TR39 takes a capital I for an l
            found[char] = "i"
    found |= _LOOK_ALIKES_TOO
    for char, twin in list(found.items()):  # a small letter without a twin of its own has its capital's
        found.setdefault(char.lower() if len(char.lower()) == 1 else char, twin)
    return found


def _name_of(codes: NDArray[np.uint32], expansions: dict[int, str]) -> str:
    packages = [f"{name} {version(name)}" for name in ("opencc", "confusable-homoglyphs")]
    digest = hashlib.sha256(codes.astype("<u4").tobytes())
    digest.update(repr((sorted(expansions.items()), unicodedata.unidata_version, packages)).encode())
    return digest.hexdigest()[:16]
