"""The line of those who want to write to one SQLite file, processes and threads alike: who waits is not passed by.

SQLite keeps no line. Whoever finds a writer asks again, ten times a second at last, and a process that begins its next
transaction some microseconds after its last leaves it no moment: beside transactions of 80 ms back to back, one write
of another process waited 12 s in the median and 27 s at most, and after 30 s it is refused, ``database is locked``.
Here whoever wants to write holds a lock until its transaction has begun, so that a busy process waits behind it.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PATIENCE_S = 30.0
_ASK_AGAIN_S = 0.002


class WriteLine:
    """Fairness and nothing more: where the line cannot be had, SQLite's own lock still keeps two from writing."""

    def __init__(self, database: Path) -> None:
        self._path = database.with_name(database.name + ".line")
        with suppress(OSError):
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            if os.geteuid() == 0:  # a command of root's must not make a file that the service may not open
                owner = database.stat()
                os.fchown(descriptor, owner.st_uid, owner.st_gid)
            os.close(descriptor)

    @contextmanager
    def first(self) -> Iterator[None]:
        """Be the first in the line for the block; after half a minute of waiting go on without."""
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            yield
            return
        try:
            _wait_for(descriptor)
            yield
        finally:
            with suppress(OSError):
                fcntl.flock(descriptor, fcntl.LOCK_UN)  # a child forked meanwhile has the descriptor, too
            os.close(descriptor)


def _wait_for(descriptor: int) -> None:
    give_up = time.monotonic() + _PATIENCE_S
    while time.monotonic() < give_up:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_ASK_AGAIN_S)
        except OSError:  # a file system without such locks
            return
        else:
            return
