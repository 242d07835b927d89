"""Trying a set of rules once: a set that stood its trial by this very program is not tried again on this machine.

The trial costs seconds and is the same each time: files, evaluators and generated cases are all fixed. What is kept is
an empty file named by all three in the cache folder; a failed trial is never kept, and without the folder it is tried.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from app import snapshots
from app.rules.trial import try_in_child
from app.settings import Settings

_TIMEOUT_S = 60
_KEPT = 200
_APP = Path(__file__).resolve().parents[1]
_TRIED_BY = ("rules", "events", "values")


def try_rules(settings: Settings, files: Mapping[str, str]) -> None:
    """Try the files in a child process, unless they stood it before; raises BadDefinition with every problem."""
    mark = settings.cache / f"{snapshots.content_id('rules', files).removeprefix('sha256:')}-{variant()}.tried"
    if mark.exists():
        return
    try_in_child(files, timeout_s=_TIMEOUT_S)
    with suppress(OSError):  # without a place to note it in, it is tried again
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
        marks = sorted(mark.parent.glob("*.tried"), key=lambda path: path.stat().st_mtime, reverse=True)
        for old in marks[_KEPT:]:
            old.unlink(missing_ok=True)


@cache
def variant() -> str:
    """Which program's trials hold for this one: a digest of all that decides how one ends."""
    digest = hashlib.sha256(sys.version.encode())
    for name in _TRIED_BY:
        for path in sorted((_APP / name).rglob("*.py")):
            digest.update(path.read_bytes())
    with suppress(PackageNotFoundError):
        digest.update(version("durable-rules").encode())
    return digest.hexdigest()[:32]
