"""A look at something that may not answer: whoever asks hears within a time, and a thread at most hangs.

A database that is frozen, or behind a network that swallows packets, answers nothing and refuses nothing. Every probe
of a balancer would hold one thread more for as long as that lasts, until the server has none left to say that it lives.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TooLate
from typing import Generic, TypeVar

T = TypeVar("T")


class Probe(Generic[T]):
    """Looks in a thread of its own, once at a time; who comes while a look is under way waits for the same one."""

    def __init__(self, look: Callable[[], T], *, within_s: float) -> None:
        self._look, self._within_s = look, within_s
        self._lock = threading.Lock()
        self._under_way: Future[T] | None = None

    def ask(self) -> T | None:
        """What is seen, or None where nothing was seen in time; raises what the look raises."""
        with self._lock:
            if self._under_way is None:
                self._under_way = Future()
                threading.Thread(target=self._run, args=(self._under_way,), name="probe", daemon=True).start()
            under_way = self._under_way
        try:
            return under_way.result(timeout=self._within_s)
        except TooLate:
            return None

    def _run(self, seen: Future[T]) -> None:
        try:
            told = self._look()
        except BaseException as error:  # noqa: BLE001 - whoever asked has to hear it
            self._end()
            seen.set_exception(error)
        else:
            self._end()
            seen.set_result(told)

    def _end(self) -> None:
        """From here on a look is a new one."""
        with self._lock:
            self._under_way = None
