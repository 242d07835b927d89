"""Pausing in the middle of long work, so that other threads of the process get their turn.

Python lets one thread run at a time. Work that takes half a second in one go makes every request beside it wait; the
same work in pieces, with as long a rest after each, is hardly noticed, and only takes a little longer.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias, TypeVar

T = TypeVar("T")
Pause: TypeAlias = Callable[[], None]
_LEAST_S = 0.001


def no_pause() -> None:
    """For work that nobody else waits beside."""


def paused(items: Iterable[T], pause: Pause) -> Iterator[T]:
    """The same items, with a pause before each."""
    for each in items:
        pause()
        yield each


class Rests:
    """Rests as long as this thread has worked since the last rest, ``most_s`` seconds in all.

    On a busy machine the work itself takes long enough: no rest begins later than twice ``most_s`` after the start.
    """

    def __init__(self, most_s: float, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self.left_s = most_s
        self._sleep = sleep
        self._since = time.thread_time()
        self._ends_at = time.monotonic() + 2 * most_s

    def __call__(self) -> None:
        """Rest, when a millisecond or more was worked."""
        worked = time.thread_time() - self._since
        if worked < _LEAST_S or self.left_s <= 0 or time.monotonic() > self._ends_at:
            return
        rest = min(worked, self.left_s)
        self.left_s -= rest
        self._sleep(rest)
        self._since = time.thread_time()
