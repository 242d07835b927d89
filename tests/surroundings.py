"""What the tests' own processes are given before any test runs: where their files are, and how they log."""

from __future__ import annotations

import gc
import os
import shutil
from pathlib import Path

import structlog
from argon2 import PasswordHasher

from app import officers

USUAL_HASHER, USUAL_DECOY = officers._HASHER, officers._NOBODY
"""The service's own, for tests of what they cost."""
_MEMORY = Path("/dev/shm")  # noqa: S108 - pytest makes a folder of its own in it, which only this user may read
_ROOM_BYTES = 4 * 1024**3


def use_memory():
    """Have pytest make its folders in memory where there is room.

    A commit waits for the disk, on many machines for 5 ms and more, and the tests make some hundred thousand of them.
    What a SIGKILL leaves behind is the same: that loses nothing which a process has handed to the kernel.
    """
    if not os.access(_MEMORY, os.W_OK) or os.statvfs(_MEMORY).f_flag & os.ST_NOEXEC:
        return  # some tests start programs that they have put there
    if min(shutil.disk_usage(_MEMORY).free, _available_bytes()) > _ROOM_BYTES:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))


def log_plainly():
    """Log as structlog does by itself, but with Python's traceback: the painted one takes a second for each."""
    structlog.reset_defaults()
    *before, _ = structlog.get_config()["processors"]
    renderer = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*before, renderer])


def hash_quickly():
    """Hash passwords with Argon2id as ever, but at its least price: two in most tests of the console cost 65 ms."""
    officers._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    officers._NOBODY = officers._HASHER.hash("nobody has this password")


def stay_frozen():
    """Keep out of garbage collections what was loaded before the first test, whatever a test's work thaws.

    Who screens again or tries a candidate collects, freezes what it has loaded and thaws it at the end: right in a
    process of its own, but here it thaws the modules and ten thousand tests too, and each later collection walks them
    for more than a second.
    """
    gc.unfreeze = _nothing


def _nothing():
    pass


def _available_bytes():
    """What may be used without anybody's being moved out of memory; none where the kernel does not say."""
    try:
        told = Path("/proc/meminfo").read_text("ascii")
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in told.splitlines() if line.startswith("MemAvailable")), 0)
