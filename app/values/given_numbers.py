"""Whole numbers as they are given in texts from outside."""

from __future__ import annotations

import re

_WHOLE = re.compile(r"-?[0-9]{1,18}", re.ASCII)
"""Eighteen digits fit every column and every reader; Python itself refuses to read some thousands."""


def read_whole(text: str) -> int | None:
    """The number of a text of digits, perhaps after one minus and between spaces; None for anything else."""
    found = _WHOLE.fullmatch(text.strip())
    return None if found is None else int(found[0])
