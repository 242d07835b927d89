"""Whether a dot or a line end of a folded text ends a sentence: of one text, and of many texts one after the other.

`最.佳` and `最⏎佳` are how a phrase is hidden, so they are walls only after a full clause. Walking through the marks of
one text costs more than the rest of its folding, and a third of all captions have some. Of many texts they are settled
by numpy; read by themselves are those few that neither their number nor the length of their lines decides.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from app.text.folding_table import SOFT_DOT, SOFT_LINE, WALL

# A line this long on both sides of a line end reads as two sentences; shorter ones may be one phrase cut apart.
_FULL_CLAUSE = 16
_CLAUSE_MARKS = frozenset('，,；;：:…—~～)）】》」』”"')
_NEAR = 8
"""Characters before a line end among which a mark that ends a clause is looked for, over blanks."""
_GROUP = re.compile(f"[{WALL}{SOFT_DOT}{SOFT_LINE}]+")


def settle_ends(text: str, folded: str, offsets: NDArray[np.intp]) -> tuple[str, NDArray[np.intp]]:
    """A folded text whose dots and line ends are walls or gone, with the offsets of what is left."""
    groups = list(_GROUP.finditer(folded))
    stays = np.ones(len(folded), bool)
    parts: list[str] = []
    last = 0
    for number, group in enumerate(groups):
        start, end = group.span()
        marks = group.group()
        before = start - last
        after = (groups[number + 1].start() if number + 1 < len(groups) else len(folded)) - end
        is_wall = WALL in marks or marks.count(SOFT_LINE) > 1 or before >= _FULL_CLAUSE <= after
        if not is_wall:
            at, is_inside = int(offsets[start]), start > 0 and end < len(folded)
            is_wall = _ends_clause(text, at, 0, is_dot=marks == SOFT_DOT, is_inside=is_inside, before=before)
        stays[start + is_wall : end] = False
        parts += (folded[last:start], WALL * is_wall)
        last = end
    parts.append(folded[last:])
    return "".join(parts), offsets[stays]


def settle_ends_together(
    whole: str, values: NDArray[np.uint32], kept: NDArray[np.intp], ends: NDArray[np.intp]
) -> tuple[NDArray[np.uint32], NDArray[np.intp]]:
    """As `settle_ends`, of many texts one after the other, of which ``ends`` tells where each ends in ``whole``.

    ``values`` are what they fold to, and ``kept`` where in ``whole`` each of these characters stands.
    """
    marks = (values <= ord(WALL)).nonzero()[0]  # no letter and no digit is below
    kinds = values[marks]
    is_soft = kinds != ord(WALL)
    if not is_soft.any():
        return values, kept
    owners = np.searchsorted(ends, kept[marks], side="right")
    some = np.isin(owners, owners[is_soft])  # in texts without any the walls stay as they are
    marks, kinds, owners = marks[some], kinds[some], owners[some]
    is_first = np.ones(len(marks), bool)
    is_first[1:] = (np.diff(marks) > 1) | (np.diff(owners) > 0)
    firsts = is_first.nonzero()[0]
    owners, starts = owners[firsts], marks[firsts]
    stops = marks[np.append(firsts[1:], len(marks)) - 1] + 1
    borders = np.searchsorted(kept, ends)
    low, high = np.append(0, borders)[owners], borders[owners]  # of the texts they stand in
    is_next = owners[1:] == owners[:-1]
    last, following = low.copy(), high.copy()
    last[1:][is_next], following[:-1][is_next] = stops[:-1][is_next], starts[1:][is_next]
    before, after = starts - last, following - stops
    lines = np.add.reduceat(kinds == ord(SOFT_LINE), firsts, dtype=np.intp)
    is_wall = (lines > 1) | ((before >= _FULL_CLAUSE) & (after >= _FULL_CLAUSE))
    is_wall |= np.logical_or.reduceat(kinds == ord(WALL), firsts)
    is_dot = (kinds[firsts] == ord(SOFT_DOT)) & (stops - starts == 1)
    is_inside = (starts > low) & (stops < high)
    begins = np.append(0, ends)[owners]
    for at in (~is_wall).nonzero()[0].tolist():
        is_wall[at] = _ends_clause(
            whole,
            int(kept[starts[at]]),
            int(begins[at]),
            is_dot=bool(is_dot[at]),
            is_inside=bool(is_inside[at]),
            before=int(before[at]),
        )
    stays = np.ones(len(values), bool)
    stays[marks] = False
    stays[starts[is_wall]] = True
    values[starts[is_wall]] = ord(WALL)
    return values[stays], kept[stays]


def _ends_clause(text: str, at: int, begins: int, *, is_dot: bool, is_inside: bool, before: int) -> bool:
    """Whether the marks at `text[at]` of a text that begins at `begins` end a clause, by what stands beside them.

    ``is_dot`` where they are one dot, ``is_inside`` where something is kept on both sides; ``before`` is how many
    characters are kept since the marks before.
    """
    if is_dot:
        return is_inside and text[at - 1].isdigit() and text[at + 1].isdigit()
    return before > 0 and text[max(begins, at - _NEAR) : at].rstrip(" \t\r\u3000")[-1:] in _CLAUSE_MARKS
