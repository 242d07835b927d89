"""The queue's numbers for open pages, counted at most every few seconds per process and set of shops.

A hundred consoles that ask every fifteen seconds then cost one count, and most get 304 without a body.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from datetime import datetime

from app.flows.parts import Parts
from app.values.access import Caller
from app.web.console import case_list

_KEPT_S = 10.0
_kept: dict[tuple[str, frozenset[str] | None], tuple[float, case_list.Numbers]] = {}
_lock = threading.Lock()


def pulse_numbers(parts: Parts, caller: Caller, *, now: datetime) -> Mapping[str, int]:
    """``open``, ``soon`` and ``late`` of the caller's shops, at most some seconds old."""
    numbers = read_numbers(parts, caller, now=now)
    return {"open": numbers.open, "soon": numbers.soon, "late": numbers.late}


def read_numbers(parts: Parts, caller: Caller, *, now: datetime) -> case_list.Numbers:
    """The numbers as counted last, or counted now. One thread counts, the others wait for it."""
    key = (parts.db.url, caller.shop_ids)
    with _lock:
        seen = _kept.get(key)
        if seen is None or time.monotonic() - seen[0] > _KEPT_S:
            with parts.db.read() as session:
                numbers = case_list.read_numbers(session, caller=caller, now=now)
            if len(_kept) > 1_000:  # noqa: PLR2004 - forget everything rather than grow
                _kept.clear()
            _kept[key] = seen = (time.monotonic(), numbers)
        return seen[1]
