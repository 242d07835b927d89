"""Pausing in the middle of long work, so that other threads of the process get their turn.

Python lets one thread run at a time. Work that takes half a second in one go makes every request beside it wait; the
same work in pieces, with as long a rest after each, is hardly noticed, and only takes a little longer.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias, TypeVar

T = TypeVar("T")
Pause: TypeAlias = Callable[[], None]
_LEAST_S = 0.001
_SWITCH_S = 0.0005


def no_pause() -> None:
    """For work that nobody else waits beside."""


def paused(items: Iterable[T], pause: Pause) -> Iterator[T]:
    """The same items, with a pause before each."""
    for each in items:
        pause()
        yield each


class Yielding:
    """Hands the interpreter over ten times sooner than usual while some thread builds; any number may at once.

    A request gives the lock up at every statement to the database and would wait 5 ms to get it back each time: at half
    load the service fell behind for as long as a hundred thousand words took to build.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._builders = 0
        self._usual = 0.0

    def __enter__(self) -> None:
        with self._lock:
            if self._builders == 0:
                self._usual = sys.getswitchinterval()
                sys.setswitchinterval(_SWITCH_S)
            self._builders += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._builders -= 1
            if self._builders == 0:
                sys.setswitchinterval(self._usual)


yielding = Yielding()
"""The one of this process: how soon threads take turns is the same for all of them."""


class Rests:
    """Rests ``times`` as long as this thread has worked since the last rest, ``most_s`` seconds in all.

    More than once as long is for work that is soon done: rests become shorter as the allowance is used up, so that
    longer work than was thought of is not left without any. On a busy machine the work itself takes long enough: no
    rest begins later than twice ``most_s`` after the start.
    """

    def __init__(self, most_s: float, *, times: float = 1.0, sleep: Callable[[float], None] = time.sleep) -> None:
        self.left_s = most_s
        self._most_s = most_s
        self._times = times
        self._sleep = sleep
        self._since = time.thread_time()
        self._ends_at = time.monotonic() + 2 * most_s

    def __call__(self) -> None:
        """Rest, when a millisecond or more was worked."""
        worked = time.thread_time() - self._since
        if worked < _LEAST_S or self.left_s <= 0 or time.monotonic() > self._ends_at:
            return
        times = max(min(self._times, 1.0), self._times * self.left_s / self._most_s)
        rest = min(worked * times, self.left_s)
        self.left_s -= rest
        self._sleep(rest)
        self._since = time.thread_time()
