"""How many pieces a text says there are, and whether it says from when to when: what a flash sale has to tell."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from app.text.claims.find import compared
from app.text.claims.signs import signs_in
from app.text.claims.wording import pattern, wording
from app.text.passage import TextField

_DIGITS = {"零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_UNITS = {"十": 10, "百": 100, "千": 1_000, "万": 10_000}


def flash_sale(fields: Sequence[TextField]) -> tuple[int | None, bool]:
    """The pieces said to be on offer (None where no sale names any, or several differ), and is a period named."""
    if not fields:
        return None, False
    view = "\n".join(compared(field.text) for field in fields)
    if ("sale", "", 0) not in signs_in(view):
        return None, False
    limited, sale, period = _compiled()
    if sale.search(view) is None:
        return None, False
    counts = {_number(found.group(1)) for found in limited.finditer(view)}
    return (counts.pop() if len(counts) == 1 else None), period.search(view) is not None


def _number(text: str) -> int:
    """A whole number in digits or in Chinese up to ten thousands (`一百二十`, `两千`)."""
    if text.isascii():
        return int(text)
    total, part = 0, 0
    for letter in text:
        if letter in _DIGITS:
            part = _DIGITS[letter]
        else:
            unit = _UNITS[letter]
            total = (total + part) * unit if unit == _UNITS["万"] else total + max(part, 1) * unit
            part = 0
    return total + part


@cache
def _compiled() -> tuple[Any, Any, Any]:
    said = wording()["flash_sale"]
    return pattern(said["limited"], captures=True), pattern(said["sale"]), pattern(said["period"])
