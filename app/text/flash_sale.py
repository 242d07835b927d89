"""How many pieces a text says there are, and whether it says from when to when: what a flash sale has to tell."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from app.text.any_of import AnyOf, Joined
from app.text.claims.find import compared
from app.text.claims.signs import signs_in
from app.text.claims.wording import as_folded, pattern, wording
from app.text.passage import TextField

NO_SALE = (None, False)
_DIGITS = {"零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_UNITS = {"十": 10, "百": 100, "千": 1_000, "万": 10_000}


def flash_sale(fields: Sequence[TextField]) -> tuple[int | None, bool]:
    """The pieces said to be on offer (None where no sale names any, or several differ), and is a period named."""
    if not fields:
        return NO_SALE
    view = "\n".join(compared(field.text) for field in fields)
    if ("sale", "", 0) not in signs_in(view):
        return NO_SALE
    limited, sale, period = _compiled()
    if sale.search(view) is None:
        return NO_SALE
    counts = {_number(found.group(1)) for found in limited.finditer(view)}
    return (counts.pop() if len(counts) == 1 else None), period.search(view) is not None


def flash_sales_together(fields: Sequence[TextField], joined: Joined) -> dict[int, tuple[int | None, bool]]:
    """What `flash_sale` gives for each of many short texts by itself, those left out in which no sale is.

    ``joined`` is the texts compared.
    """
    return {at: flash_sale(fields[at : at + 1]) for at in _any_sale().among(joined)}


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


@cache
def _any_sale() -> AnyOf:
    return AnyOf([as_folded(wording()["flash_sale"]["sale"])])
