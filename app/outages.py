"""Why a database does not take what it is given, where that is for now and not for good.

A statement that is wrong stays wrong; a disk that is full gets room again. Whoever is refused is told which it was,
processes say so at ``/readyz`` for as long as it is fresh, and the worker keeps its jobs instead of using them up.
"""

from __future__ import annotations

import time
from enum import StrEnum

from sqlalchemy.exc import DBAPIError, OperationalError

from app.metrics import DATABASE_REFUSED

_FULL = "53100"
_INTERNAL = "XX000"
_READ_ONLY = frozenset({"25006", "0A000"})  # a statement, and a whole transaction, that a standby refuses
# Where PostgreSQL writes files. A quota or a limit on a file's size has no SQLSTATE of its own: it is an internal error
# from there.
_WRITES_FILES = frozenset({"md.c", "fd.c", "xlog.c", "buffile.c", "slru.c"})
_FRESH_S = 10.0


class Outage(StrEnum):
    """What is in the way."""

    FULL = "full"
    READ_ONLY = "read_only"
    AWAY = "away"

    @property
    def is_lasting(self) -> bool:
        """Whether asking again at once is sure to meet the same."""
        return self is not Outage.AWAY

    @property
    def told(self) -> str:
        """For whoever is refused, and for ``/readyz``."""
        return _TOLD[self]


_TOLD = {
    Outage.FULL: "the database has no room on its disk",
    Outage.READ_ONLY: "the database takes no writes for now",
    Outage.AWAY: "the database does not answer",
}


def outage_of(error: BaseException) -> Outage | None:
    """What is in the way for now: no room, read-only as after a failover, or away; None where it is the statement."""
    if not isinstance(error, DBAPIError):
        return None
    if _is_full(error):
        return Outage.FULL
    if getattr(error.orig, "sqlstate", None) in _READ_ONLY or _sqlite_name(error) == "SQLITE_READONLY":
        return Outage.READ_ONLY
    is_away = isinstance(error, OperationalError) or error.connection_invalidated
    return Outage.AWAY if is_away else None


def concerns_all(error: BaseException) -> bool:
    """Whether whatever else is tried now would meet the same, so that nobody is to be asked about this one thing."""
    outage = outage_of(error)
    if outage is None:
        return False
    return outage.is_lasting or (isinstance(error, DBAPIError) and error.connection_invalidated)


class Refusals:
    """What one process was last refused; as long as it is fresh the process is not able to decide."""

    def __init__(self) -> None:
        self._last: tuple[Outage, float] | None = None

    def note(self, error: DBAPIError) -> None:
        """A unit of work failed with this."""
        outage = outage_of(error)
        if outage is not None:
            DATABASE_REFUSED.labels(outage.value).inc()
            if outage.is_lasting:
                self._last = outage, time.monotonic()

    def fresh(self) -> Outage | None:
        """What was refused within the last seconds; afterwards nothing, so that work is tried again."""
        last = self._last
        return last[0] if last is not None and time.monotonic() - last[1] < _FRESH_S else None


def _is_full(error: DBAPIError) -> bool:
    if _sqlite_name(error) in {"SQLITE_FULL", "SQLITE_IOERR_WRITE"}:
        return True
    state = getattr(error.orig, "sqlstate", None)
    told = getattr(error.orig, "diag", None)
    return state == _FULL or (state == _INTERNAL and getattr(told, "source_file", None) in _WRITES_FILES)


def _sqlite_name(error: DBAPIError) -> str | None:
    name: str | None = getattr(error.orig, "sqlite_errorname", None)
    return name
