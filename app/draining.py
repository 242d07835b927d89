"""Whether this service is about to stop: said by a file, which supervisor and web processes both see.

The supervisor hears the stop, but it is the web processes that are asked whether they are ready. A file in the data
folder, named for the supervisor's process, passes it on whichever way they were started; one that a killed service left
behind names a process that is gone.
"""

from __future__ import annotations

import os
from pathlib import Path


def begin(data_dir: Path) -> None:
    """Say that the process that calls this, a supervisor, is stopping."""
    data_dir.mkdir(parents=True, exist_ok=True)
    _mark(data_dir, os.getpid()).touch()


def end(data_dir: Path) -> None:
    """Take it back, when the service has stopped or begins anew."""
    _mark(data_dir, os.getpid()).unlink(missing_ok=True)


def is_draining(data_dir: Path) -> bool:
    """Whether this process, or the supervisor that started it, is stopping."""
    return _mark(data_dir, os.getppid()).exists() or _mark(data_dir, os.getpid()).exists()


def _mark(data_dir: Path, pid: int) -> Path:
    return data_dir / f"stopping-{pid}"
