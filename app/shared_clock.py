"""The time all processes go by: the database's, so that no machine's own clock decides what is late or may be paid.

A machine's clock may be wrong, and may leap: a virtual machine that was moved, a time server that lies, an operator's
hand. Here the database is asked every few seconds, and in between seconds are counted that nobody can set (they go on
while the machine sleeps). So a machine's clock that leaps moves nothing. It is compared, though: where it and the
database's differ, one of them is wrong and nobody knows which; and where the database's leaps (or SQLite's, which is
the machine's), it is not believed before it has stood for a while. As long as either is so there is a *doubt*, and
what acts on the passing of time waits: deadlines, payments, pruning.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.clock import utc_now
from app.metrics import CLOCK_DOUBT, CLOCK_SKEW

_EVERY_NS = 5_000_000_000
_SLOW_NS = 1_000_000_000  # an answer that took longer says too little
_JITTER = timedelta(milliseconds=100)  # what the way to the database and back may look like
_log = structlog.get_logger(__name__)


def steady_ns() -> int:
    """Nanoseconds since the machine started, those included that it slept; nobody can set them."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What time it was at a steady instant, and how far this machine's clock was ahead then."""

    at_ns: int
    time: datetime
    ahead: timedelta

    def later(self, now_ns: int) -> datetime:
        """What time it is at a later steady instant."""
        return self.time + timedelta(microseconds=(now_ns - self.at_ns) // 1_000)


@dataclass(frozen=True, slots=True)
class ClockDoubt:
    """Why nobody knows what time it is. ``by`` is how far a clock is ahead, below 0 behind.

    ``believed_in`` is None where this machine's clock and the database's differ; else the time leapt, and so long it
    has to stand before it is believed.
    """

    by: timedelta
    believed_in: timedelta | None = None

    def __str__(self) -> str:
        """For the log and `/readyz`."""
        seconds, is_ahead = abs(self.by).total_seconds(), self.by > timedelta(0)
        if self.believed_in is None:
            return f"this machine's clock is {seconds:.0f} s {'ahead of' if is_ahead else 'behind'} the database's"
        left = self.believed_in.total_seconds()
        return f"the clock leapt {seconds:.0f} s {'ahead' if is_ahead else 'back'}; it is believed in {left:.0f} s"


@dataclass(frozen=True, slots=True)
class _Leap:
    at_ns: int
    by: timedelta


class SharedClock:
    """Called, it says what time it is. ``ask`` raises where the database is away; then what was last known goes on."""

    def __init__(
        self,
        ask: Callable[[], datetime],
        *,
        differs_max: timedelta,
        stands_for: timedelta,
        wall: Callable[[], datetime] = utc_now,
        steady: Callable[[], int] = steady_ns,
    ) -> None:
        self._ask, self._wall, self._steady = ask, wall, steady
        self._differs_max, self._stands_for = differs_max, stands_for
        self._seen: _Seen | None = None
        self._leap: _Leap | None = None
        self._asked_ns: int | None = None
        self._looking = threading.Lock()
        self._told: str | None = None

    def __call__(self) -> datetime:
        """The present instant in UTC; this machine's own as long as the database was never reached."""
        if self._seen is None:
            try:
                self.look()
            except SQLAlchemyError:
                return self._wall()
        seen = self._seen
        return self._wall() if seen is None else seen.later(self._steady())

    def look(self) -> None:
        """Ask the database, where that is some seconds ago; raises what asking raises."""
        asked = self._asked_ns
        if asked is not None and self._steady() - asked < _EVERY_NS:
            return
        if not self._looking.acquire(blocking=self._seen is None):
            return  # another thread does
        try:
            began = self._asked_ns = self._steady()
            there = self._ask()
            ended, here = self._steady(), self._wall()
            if self._seen is None or ended - began < _SLOW_NS:
                self._take(_Seen(began + (ended - began) // 2, there, timedelta(0)), here=here, now_ns=ended)
        finally:
            self._looking.release()
        self._tell()

    def doubt(self) -> str | None:
        """Why what acts on the passing of time has to wait, or None."""
        found = self.doubted()
        return None if found is None else str(found)

    def doubted(self) -> ClockDoubt | None:
        """The same as what it is."""
        seen, leap = self._seen, self._leap
        if seen is not None and abs(seen.ahead) > self._differs_max:
            return ClockDoubt(seen.ahead)
        if leap is not None and self._since(leap) < self._stands_for:
            return ClockDoubt(leap.by, self._stands_for - self._since(leap))
        return None

    def _take(self, new: _Seen, *, here: datetime, now_ns: int) -> None:
        """Go by what the database said, unless it says what was known, give or take the way there."""
        new = _Seen(new.at_ns, new.time, here - new.later(now_ns))
        before = self._seen
        if before is None:
            self._seen = new
            return
        by = new.time - before.later(new.at_ns)
        if abs(by) > self._differs_max:
            self._leap = _Leap(new.at_ns, by)
        keeps = abs(by) <= _JITTER
        self._seen = _Seen(before.at_ns, before.time, new.ahead) if keeps else new

    def _since(self, leap: _Leap) -> timedelta:
        return timedelta(microseconds=(self._steady() - leap.at_ns) // 1_000)

    def _tell(self) -> None:
        """Metrics each time; a line when a doubt comes or goes."""
        doubt, seen = self.doubt(), self._seen
        CLOCK_DOUBT.set(int(doubt is not None))
        if seen is not None:
            CLOCK_SKEW.set(abs(seen.ahead.total_seconds()))
        if doubt is not None and self._told is None:
            _log.error("clock_in_doubt", why=doubt)
        if doubt is None and self._told is not None:
            _log.warning("clock_believed")
        self._told = doubt
