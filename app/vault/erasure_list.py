"""The erasure list: one line of JSON for each erasure, in a file that no restore of the database takes back."""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ErasureList:
    """A file that only grows. Keep a copy of it where the back-ups are."""

    path: Path

    def lines(self) -> frozenset[bytes]:
        """Every line there is; none before the first."""
        return frozenset(self.path.read_bytes().splitlines()) if self.path.exists() else frozenset()

    def add(self, line: bytes) -> None:
        """Append a line and wait until it is on disk; several processes may write."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            os.write(descriptor, line + b"\n")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
