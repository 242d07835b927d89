"""Which program tries and compiles rules: what another one tried or compiled holds here only if it is the same."""

from __future__ import annotations

import hashlib
import sys
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_APP = Path(__file__).resolve().parents[1]
_MADE_BY = ("rules", "events", "values")


@cache
def variant() -> str:
    """A digest of all that decides how a trial ends and what comes of compiling."""
    digest = hashlib.sha256(sys.version.encode())
    for name in _MADE_BY:
        for path in sorted((_APP / name).rglob("*.py")):
            digest.update(path.read_bytes())
    with suppress(PackageNotFoundError):
        digest.update(version("durable-rules").encode())
    return digest.hexdigest()[:32]
