"""A folded text written otherwise, with the way back: closed up, its character parts joined, doubled letters once.

Some tricks are easier to undo in the text than to list for every word: letters between (`加a微8信`), characters in
parts (`亻言` for 信), everything twice. A word found in such a text counts only where the rewriting touched it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from app.text.folding_table import WALL

# At most three: what is longer (5G手机, iPhone壳) is a word of its own, and a word around it is none.
# It begins with what is looked for and then looks back, because so a search skips all that is no letter.
# A 口 between two characters is read as a box drawn there, too, but where it makes an everyday word with one of them.
BOX = "口"
_NO_BOX = f"(?<![进出门入路胃窗港户关伤人]{BOX})(?!(?<={BOX})[红罩气味感碑岸腔水粮令炎香闷才服头语音袋角径子])"
_BETWEEN = re.compile(f"[a-z0-9{BOX}](?<=[\u3400-\u9fff].){_NO_BOX}[a-z0-9]{{0,2}}(?=[\u3400-\u9fff])")
_MOST = 3
_LETTERS, _FIGURES = 26, 10
_FIRST_HAN, _HANS = 0x3400, 0x9FFF - 0x3400 + 1
_TWICE = re.compile(r"(.)\1")
_Places: TypeAlias = NDArray[np.intp]
_BYTES = 3  # a Chinese character's in UTF-8


class Rewritten(NamedTuple):
    """Character `i` of `text` stands at folded [starts[i], ends[i])."""

    text: str
    starts: list[int]
    ends: list[int]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where [start, end) of the rewritten text stands in the folded one."""
        return self.starts[start], self.ends[end - 1]

    def is_touched(self, start: int, end: int) -> bool:
        """Whether something was rewritten in [start, end)."""
        return self.ends[end - 1] - self.starts[start] != end - start


def without_letters_between(text: str) -> Rewritten:
    """Without the few letters, digits and boxes between Chinese characters, with the way back."""
    return _replaced(text, ((*found.span(), "") for found in _BETWEEN.finditer(text)))


def closed_up(text: str) -> str:
    """Only the text of `without_letters_between`."""
    return _BETWEEN.sub("", text)


def may_be_closer(text: str) -> bool:
    """Whether anything may stand between, told at a glance."""
    return BOX in text or not is_all_han(text)


def boxes_in(text: str, start: int, end: int) -> list[int]:
    """Where in folded [start, end) a box may be drawn: a 口 that is neither the first nor the last character."""
    return [at for at in range(start + 1, end - 1) if text[at] == BOX]


def is_all_han(text: str) -> bool:
    """Whether surely no letters stand between, told by the text's length alone."""
    return len(text.encode()) == _BYTES * len(text) - (_BYTES - 1) * text.count(WALL)


def letters_between_in(text: str, codes: NDArray[np.uint32]) -> tuple[_Places, _Places]:
    """As `letters_between`, of a text and its code points: where they begin and where they end."""
    is_letter = (codes - ord("a") < _LETTERS) | (codes - ord("0") < _FIGURES)
    borders = np.diff(is_letter, prepend=False, append=False).nonzero()[0]
    starts, ends = borders[::2], borders[1::2]
    is_han = np.append(codes - _FIRST_HAN < _HANS, False)
    between = (ends - starts <= _MOST) & is_han.take(starts - 1) & is_han.take(ends)
    boxes = [at for at in (codes == ord(BOX)).nonzero()[0].tolist() if _BETWEEN.match(text, at) is not None]
    if not boxes:
        return starts[between], ends[between]
    return np.sort(np.append(starts[between], boxes)), np.sort(np.append(ends[between], np.add(boxes, 1)))


def letters_between(text: str) -> Iterator[tuple[int, int]]:
    """Where letters that `without_letters_between` leaves out end, each with their number."""
    return ((found.end(), found.end() - found.start()) for found in _BETWEEN.finditer(text))


def seams(between: Iterable[tuple[int, int]]) -> list[int]:
    """Where in the text without them the letters were that ended there, each with their number."""
    found: list[int] = []
    left_out = 0
    for end, length in between:
        left_out += length
        found.append(end - left_out)
    return found


def rewritten(text: str, changes: Iterable[tuple[int, int, str]]) -> Rewritten:
    """With folded [start, end) of each change read as its letters; the changes come by place, none over another."""
    return _replaced(text, changes)


def joined(text: str, parts: Iterable[tuple[int, int, str]], *, around: int) -> Rewritten:
    """With the parts at folded [start, end) read as the character they make; of overlapping ones the longest first.

    Only what stands `around` characters before and after a joined one is kept, with walls between, because a long
    text has many parts that are nothing, and is read in several ways.
    """
    chosen: list[list[tuple[int, int, str]]] = []
    reached = 0
    for part in sorted(parts, key=lambda part: (part[0], -part[1], part[2])):
        if part[0] >= reached:
            if chosen and part[0] - reached <= 2 * around:
                chosen[-1].append(part)
            else:
                chosen.append([part])
            reached = part[1]
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for stretch in chosen:
        low, high = max(0, stretch[0][0] - around), min(len(text), stretch[-1][1] + around)
        piece = _replaced(text, stretch, low=low, high=high)
        pieces.append(piece.text)
        starts += (*piece.starts, high)  # the wall's place
        ends += (*piece.ends, high)
    return Rewritten("".join(piece + WALL for piece in pieces), starts, ends)


def pairs_in(text: str, start: int, end: int) -> list[tuple[int, int, str]]:
    """All pairs of equal characters in [start, end), each with its single one."""
    return [(*found.span(), found[1]) for found in _TWICE.finditer(text, max(0, start), end)]


def pairs_from(text: str, start: int, *, most: int) -> list[tuple[int, int, str]]:
    """The first `most` pairs of equal characters from `start` on (加加微微 of 加加微微吧), each with its single one.

    Nothing where there is one pair only: 妈妈 and 天天 are no disguise.
    """
    found: list[tuple[int, int, str]] = []
    while len(found) < most and start + 1 < len(text) and text[start] == text[start + 1]:
        found.append((start, start + 2, text[start]))
        start += 2
    return found if len(found) > 1 else []


def _replaced(
    text: str, changes: Iterable[tuple[int, int, str]], *, low: int = 0, high: int | None = None
) -> Rewritten:
    """Folded [low, high) with the changes made, which lie in it."""
    high = len(text) if high is None else high
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    last = low
    for start, end, new in changes:
        pieces += (text[last:start], new)
        starts += range(last, start)
        ends += range(last + 1, start + 1)
        starts += [start] * len(new)
        ends += [end] * len(new)
        last = end
    pieces.append(text[last:high])
    starts += range(last, high)
    ends += range(last + 1, high + 1)
    return Rewritten("".join(pieces), starts, ends)
