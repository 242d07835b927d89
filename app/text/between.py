"""A folded text without the few letters and digits that stand between Chinese characters, as in `加a微8信`."""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.text.folding_table import WALL

# At most three: what is longer (5G手机, iPhone壳) is a word of its own, and a word around it is none.
_BETWEEN = re.compile("(?<=[\u3400-\u9fff])[a-z0-9]{1,3}(?=[\u3400-\u9fff])")
_BYTES = 3  # a Chinese character's in UTF-8


class Closer(NamedTuple):
    """`offsets[i]` is where character `i` stands in the folded text."""

    text: str
    offsets: NDArray[np.intp]


def without_letters_between(text: str) -> Closer | None:
    """The text closed up, or None where nothing stands between."""
    is_all_han = len(text.encode()) == _BYTES * len(text) - (_BYTES - 1) * text.count(WALL)
    if is_all_han or _BETWEEN.search(text) is None:
        return None
    stays = np.ones(len(text), bool)
    for found in _BETWEEN.finditer(text):
        stays[found.start() : found.end()] = False
    return Closer(_BETWEEN.sub("", text), stays.nonzero()[0])
