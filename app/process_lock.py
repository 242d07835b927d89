"""At most one process over one SQLite file."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

from app.errors import Conflict


class ProcessLock:
    """At most one long-lived process over one SQLite file, by an advisory lock the kernel drops when it dies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def acquire(self, *, wait_s: float = 0) -> None:
        """Take the lock, or raise Conflict naming the process that holds it after ``wait_s`` seconds."""
        if self._descriptor is not None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        give_up = time.monotonic() + wait_s
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= give_up:
                    holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip() or "unknown"
                    os.close(descriptor)
                    raise Conflict(
                        f"{self._path} is held by process {holder}: SQLite serves one process; "
                        "stop that one, or set WEIHENG_DATABASE_URL to PostgreSQL"
                    ) from None
                time.sleep(0.05)
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        self._descriptor = descriptor

    def release(self) -> None:
        """Give the lock back; harmless when it is not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
