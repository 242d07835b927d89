"""Emoji read aloud: 金🌸 is 金花, 小🍠 is 小薯, ➕我 is 加我.

Folding drops emoji, because they stand inside words to hide them (`微❤️信`). They also stand *for* characters. A text
in which they are read has the same length, so what is found in it stands at the same places of what was sent.

Apps write their own emoji as codes: `代[捂脸]发` is seen as 代发 with a face in it. The codes of ``emoji_codes.txt``,
and QQ's `[em]e163[/em]`, become spaces.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import accumulate
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FILE = Path(__file__).resolve().parent / "data" / "spoken_emoji.txt"
CODES = FILE.with_name("emoji_codes.txt")
SPOKEN = "emoji_read"
"""The name of the trick."""
_SELECTOR = "\ufe0f"
_LAST_OF_FIRST_PLANE = "\uffff"
_PLUS = re.compile("(?<![0-9A-Za-z])[+＋](?=\\s?(?:[微薇威徽扣](?![0-9])|(?:[vVwW][xX]|[qQ]{2})(?![0-9A-Za-z])))")
"""A plus sign before what names a channel is said 加, as its emoji is."""
_BETWEEN = "\n"
"""Of no code and no emoji."""
_CODE_POINTS = 0x110000
_CODE_POINT = np.dtype("<u4")


def read_aloud(text: str) -> str | None:
    """The text with its emoji read, of the same length; None where it has none that are read, as most texts."""
    if text.isascii() or not _may_hold_some(text):
        return None
    said = _read(text)
    return None if said == text else said


def those_read_aloud(texts: Sequence[str]) -> dict[int, str]:
    """What `read_aloud` gives, by the numbers of the texts in which emoji are read; they are read as one text."""
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), _CODE_POINT)
    places = _begins_one().take(codes).nonzero()[0]
    ends = np.fromiter(accumulate(map(len, texts)), np.intp, len(texts))
    some = np.unique(np.searchsorted(ends, places, side="right")).tolist()
    some = [at for at in some if not texts[at].isascii()]
    said, start = _read(_BETWEEN.join([texts[at] for at in some])), 0
    read: dict[int, str] = {}
    for at in some:
        end = start + len(texts[at])
        if (each := said[start:end]) != texts[at]:
            read[at] = each
        start = end + 1
    return read


def _read(text: str) -> str:
    """The text with its emoji read and its codes blank."""
    said = _codes().sub(_blank, text) if "[" in text or "/" in text else text
    if "+" in said or "＋" in said:
        said = _PLUS.sub("加", said)
    for pair, word in _pairs():
        said = said.replace(pair, word)
    return said.translate(_single())


def _may_hold_some(text: str) -> bool:
    """A glance that costs a short text less than a look at each of its characters."""
    if len(text.encode("utf-16-le", "surrogatepass")) != 2 * len(text) or any(char in text for char in _in_plane()):
        return True
    if ("+" in text or "＋" in text) and _PLUS.search(text) is not None:
        return True
    return ("[" in text or "/" in text) and _codes().search(text) is not None


def _blank(code: re.Match[str]) -> str:
    return " " * len(code[0])


@cache
def _codes() -> re.Pattern[str]:
    """Codes in brackets with or without an R behind the name, and those after a stroke, which nothing closes."""
    lines = CODES.read_text(encoding="utf-8").splitlines()
    names = sorted((line for line in lines if line and not line.startswith("#")), key=len, reverse=True)
    after_stroke = "|".join(name for name in names if len(name) > 1)
    return re.compile(rf"\[em\]e\d{{1,7}}\[/em\]|\[(?:{'|'.join(names)})R?\]|/(?:{after_stroke})", re.IGNORECASE)


@cache
def _written() -> Mapping[str, str]:
    lines = FILE.read_text(encoding="utf-8").splitlines()
    written = dict(line.split(" ", 1) for line in lines if line and not line.startswith("#"))
    wrong = [emoji for emoji, word in written.items() if len(emoji) != len(word)]
    assert not wrong, f"{FILE.name}: {', '.join(wrong)} is not as long as what it is read as"
    return written


@cache
def _single() -> Mapping[int, str]:
    return {ord(emoji): word for emoji, word in _written().items() if len(emoji) == 1}


@cache
def _pairs() -> tuple[tuple[str, str], ...]:
    return tuple((emoji, word) for emoji, word in _written().items() if emoji.endswith(_SELECTOR))


@cache
def _in_plane() -> tuple[str, ...]:
    return tuple(emoji[0] for emoji in _written() if emoji[0] <= _LAST_OF_FIRST_PLANE)


@cache
def _begins_one() -> NDArray[np.bool_]:
    """Of every code point whether an emoji or a code may begin with it."""
    begins = np.zeros(_CODE_POINTS, np.bool_)
    begins[ord(_LAST_OF_FIRST_PLANE) + 1 :] = True
    begins[[ord(char) for char in (*_in_plane(), "[", "/", "+", "＋")]] = True
    return begins
