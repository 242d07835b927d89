"""Many short texts folded and searched as one, because most of a short text's cost is being asked about by itself.

Each text comes out exactly as `fold` gives it, and each find belongs to one text: between two stands a wall, which no
word holds. Texts with markup, with characters that fold to several, or with ends to be settled are folded alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from app.text.folding_table import EXPANDS, SOFT_DOT, SOFT_LINE, WALL, table
from app.text.normalise import Folded, fold
from app.text.rewritten import letters_between

AT_ONCE = 256
"""Texts looked through together: enough to share the cost, few enough to stay in the processor's caches."""
_ALONE = (EXPANDS, ord(SOFT_DOT), ord(SOFT_LINE))
_CODE_POINT = np.dtype("<u4")
Finds = list[tuple[int, int]]
Find = Callable[[str], Iterable[tuple[int, int]]]


class Glance(NamedTuple):
    """What the engines find in one folded text, by its own places; `views` is the text in the views."""

    finds: Iterable[tuple[int, int]]
    seen: Iterable[tuple[int, int]]
    views: str
    has_letters_between: bool


NOTHING = Glance([], [], "", has_letters_between=False)


def fold_together(texts: Sequence[str]) -> list[Folded]:
    """Every text as `fold` gives it."""
    whole = "".join(texts)
    mapped = table().codes.take(np.frombuffer(whole.encode("utf-32-le", "surrogatepass"), _CODE_POINT))
    kept = mapped.nonzero()[0]
    values = mapped.take(kept)
    ends = np.fromiter(accumulate(map(len, texts)), np.intp, len(texts))
    borders = [0, *np.searchsorted(kept, ends).tolist()]
    alone = set(np.searchsorted(ends, kept[np.isin(values, _ALONE)], side="right").tolist())
    values[values == EXPANDS] = 0
    folded = str(values.data, "utf-32-le")
    return [
        fold(text)
        if at in alone or "<" in text or "&" in text
        else Folded(folded[borders[at] : borders[at + 1]], kept[borders[at] : borders[at + 1]] - int(end) + len(text))
        for at, (text, end) in enumerate(zip(texts, ends, strict=True))
    ]


def glance_together(
    texts: Sequence[str], find: Find, see: Callable[[str], str] | None, find_seen: Find | None
) -> list[Glance]:
    """What is found in each folded text and in its views, where words ask for them."""
    whole = WALL.join(texts)
    starts = [0, *accumulate(len(text) + 1 for text in texts)][:-1]
    listed = _split(find(whole), starts)
    if see is None or find_seen is None:
        return [Glance(found, [], "", has_letters_between=False) if found else NOTHING for found in listed]
    views = see(whole)
    ends_twice = len(whole) + 1  # where the second view begins, if there are two
    twice = [start + ends_twice for start in starts] if len(views) > len(whole) else []
    seen = _split(find_seen(views), [*starts, *twice])
    between = {number for number, found in enumerate(_split(letters_between(whole), starts)) if found}
    glances: list[Glance] = []
    for number, (text, start) in enumerate(zip(texts, starts, strict=True)):
        mine, length = seen[number], len(text)
        if twice and (looks := seen[len(texts) + number]):
            mine = mine + [(end + length + 1, each) for end, each in looks]
        if not (mine or listed[number] or number in between):
            glances.append(NOTHING)
            continue
        view = views[start : start + length]
        if twice:
            view += WALL + views[twice[number] : twice[number] + length] + WALL
        glances.append(Glance(listed[number], mine, view, has_letters_between=number in between))
    return glances


def _split(finds: Iterable[tuple[int, int]], starts: Sequence[int]) -> list[Finds]:
    """Finds by the text they end in, with their ends there; `starts` are those of all texts, rising like the ends."""
    found: list[Finds] = [[] for _ in starts]
    borders = iter([*starts[1:], None])
    number, border = 0, next(borders)
    for end, each in finds:
        while border is not None and end >= border:
            number, border = number + 1, next(borders)
        found[number].append((end - starts[number], each))
    return found
