"""A text with every digit as 0 to 9 and every letter small and narrow, at unchanged length.

Unlike folding, nothing is dropped: numbers are told apart by what stands between their digits.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from app.text.folding_table import EXPANDS, SOFT_DOT, SOFT_LINE, table

# Position is value: the ways to write 0, 1, 2 …
_NUMERALS = ("零〇", "一壹幺", "二贰貳", "三叁參叄", "四肆", "五伍", "六陆陸", "七柒", "八捌", "九玖")
# The table reads 么 as a form of 幺, and 什么 says no number.
_NO_FORMS = frozenset("幺")
# Every character that the view with numerals shows as a digit, for a character class; a test holds it to the view.
# The rare ones are those beyond the first plane and of other scripts, which make a class slow.
RARE_DIGITS = r"\d\U0001f100-\U0001f10c\U0001f214\U0001f229\U0001f22a\U0001f241\U0001f242"
DIGITS = (
    "0-9０-９①-⑨⓪⓿❶-❾➀-➈➊-➒⓵-⓽⑴-⑼⒈-⒐⁰¹²³⁴-⁹₀-₉⅟〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖貳參叄陸幺㈠-㈨㊀-㊈㆒-㆕"
    "Ⅰ-Ⅸⅰ-ⅸ⼀⼆⼋\uf9b2\uf9d1\uf9d3" + RARE_DIGITS
)
# Circled forms that NFKC and the names leave alone: where the digit 1 stands.
_CIRCLED_ONES = (0x24F5, 0x2780)
_ROMAN_ONES = (0x2160, 0x2170)
_WIDTH = 0xFEE0
_CODE_POINT = np.dtype("<u4")


def as_digits(text: str, *, numerals: bool) -> str:
    """The view; `as_digits(text)[i]` is what `text[i]` says. With `numerals` 一 to 九 and their like are digits too."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), _CODE_POINT)
    return str(_view(numerals=numerals).take(codes).data, "utf-32-le")


@cache
def _view(*, numerals: bool) -> NDArray[np.uint32]:
    view = table().codes.copy()
    own = np.arange(len(view), dtype=np.uint32)
    unclear = np.isin(view, (0, ord(SOFT_DOT), ord(SOFT_LINE), ord("\n"), EXPANDS))
    view[unclear] = own[unclear]
    view[0xFF01:0xFF5F] = own[0xFF01:0xFF5F] - _WIDTH
    view[0x3000] = ord(" ")
    for block in (view[0x41:0x5B], view[0xFF21:0xFF3B]):
        block[:] = np.arange(ord("a"), ord("z") + 1)
    for one in _CIRCLED_ONES:
        view[one : one + 9] = np.arange(ord("1"), ord("9") + 1)
    view[0x1F10B] = ord("0")
    for one in _ROMAN_ONES:
        view[one : one + 9] = np.arange(ord("1"), ord("9") + 1)
    for value, written in enumerate(_NUMERALS if numerals else ()):
        for numeral in written:
            if numeral not in _NO_FORMS:
                view[view == ord(numeral)] = ord("0") + value
            view[ord(numeral)] = ord("0") + value
    view[0xD800:0xE000] = 0xFFFD
    view.setflags(write=False)
    return view
