"""Characters set apart: `包。治。百。病`, `加丨微丨信`, one character a line with blank lines between.

A sentence end is a wall, and a stroke such as `丨` is a letter, so no word is read across either. Where one and the
same of them stands between characters again and again, it ends no sentence and spells nothing: it is there to keep the
characters apart, and is read as if it were not there. Several in a row are asked for, because 好。行。来 is how people
answer.
"""

from __future__ import annotations

import re

ENDS = "。！？!?"
"""Sentence ends."""
STROKES = "丨丶丿卜卩囗"
"""Strokes and parts of characters that are no words, but for 卜 of 占卜 and 萝卜."""
_HAN = "[\u3400-\u9fff]"
_FILLER = "\u200b"
_ENDS_OFTEN, _STROKES_OFTEN = 3, 2
_LINES_OFTEN = 2 * _STROKES_OFTEN
"""So often a mark has to stand between characters: a sentence end, a stroke, the line ends of blank lines."""


def _may_be_by(marks: str, times: int) -> re.Pattern[str]:
    """What tells quickly that one of the marks may stand between characters so many times."""
    return re.compile(f"([{marks}])" + f"{_HAN}\\1" * (times - 1))


def _between(mark: str, times: int) -> re.Pattern[str]:
    """What finds a mark between characters so many times, or more."""
    one = re.escape(mark)
    return re.compile(f"(?<!{one}){_HAN}(?:{one}(?!{one}){_HAN}){{{times},}}(?!{one}{_HAN})")


_MAY_BY_ENDS, _MAY_BY_STROKES = _may_be_by(ENDS, _ENDS_OFTEN), _may_be_by(STROKES, _STROKES_OFTEN)
_APART = [
    (mark, _between(mark, times)) for marks, times in ((ENDS, _ENDS_OFTEN), (STROKES, _STROKES_OFTEN)) for mark in marks
]
# Blanks are bounded: from each line end of a text of nothing else, the rest of it would be looked through.
_BLANKS = "[^\\S\\n]{0,8}"
_LINE = f"{_BLANKS}\\n{_BLANKS}\\n\\s{{0,8}}{_HAN}"
_MAY_BY_LINES = re.compile(f"{_LINE[len(_BLANKS) :]}{_BLANKS}\\n")
_BY_LINES = re.compile(f"{_HAN}(?:{_LINE}(?={_BLANKS}(?:\\n|$))){{{_STROKES_OFTEN},}}")


def may_be_apart(text: str) -> bool:
    """Whether characters may be set apart in a text, or in one of many texts that stand one after the other.

    Asked of every text, so what is seldom there is asked first, in the quickest way there is.
    """
    return (
        (
            ("丨" in text or "丶" in text or "丿" in text or "卜" in text or "卩" in text or "囗" in text)
            and _MAY_BY_STROKES.search(text) is not None
        )
        or (
            (
                text.count("。") >= _ENDS_OFTEN
                or text.count("！") >= _ENDS_OFTEN
                or text.count("!") >= _ENDS_OFTEN
                or text.count("？") >= _ENDS_OFTEN
                or text.count("?") >= _ENDS_OFTEN
            )
            and _MAY_BY_ENDS.search(text) is not None
        )
        or (text.count("\n") >= _LINES_OFTEN and _MAY_BY_LINES.search(text) is not None)
    )


def together(text: str) -> str:
    """The text with what sets its characters apart made invisible; its length is unchanged."""
    if not may_be_apart(text):
        return text
    for mark, apart in _APART:
        if mark in text:
            text = apart.sub(_joined, text)
    return _BY_LINES.sub(_lines_joined, text)


def _joined(found: re.Match[str]) -> str:
    return "".join(_FILLER if at % 2 else char for at, char in enumerate(found.group()))


def _lines_joined(found: re.Match[str]) -> str:
    return "".join(_FILLER if char.isspace() else char for char in found.group())
