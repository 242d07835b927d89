"""A thread that does one step again and again until it is told to stop."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable


class Loop:
    """Runs ``step`` for as long as the process lives; ``step`` says how many seconds to wait before the next one.

    A step handles its own failures: one that raises ends the thread.
    """

    def __init__(self, name: str, step: Callable[[], float]) -> None:
        self._step = step
        self._stop = threading.Event()
        self._woken = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Do the next step now."""
        self._woken.set()

    def stop(self, *, within_s: float = 30) -> None:
        """Finish the step at hand, then end; harmless when it never began."""
        self.tell_to_stop()
        if self._thread.is_alive():
            self._thread.join(timeout=max(within_s, 0))

    def tell_to_stop(self) -> None:
        """Let the step at hand be the last one, and wait for nothing."""
        self._stop.set()
        self._woken.set()

    def join(self) -> None:
        """Wait until it ends."""
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._woken.wait(self._step())
            self._woken.clear()


def leave_after(seconds: float) -> None:
    """End this process after so long, whatever its threads are at: what they had claimed is taken up by its lease."""
    timer = threading.Timer(seconds, os._exit, (1,))
    timer.daemon = True
    timer.start()
