"""The worker: claims due rows, works each by its kind, and lets an expired lease be taken over by another worker.

Any number of workers, in any number of processes on PostgreSQL, share one queue; ``app.jobs.work`` has the kinds.
"""

from __future__ import annotations

import os
import socket
from datetime import datetime, timedelta

import structlog

from app import queue, traces
from app.errors import AppError
from app.flows.parts import Parts
from app.flows.review_content import StillOut
from app.jobs.schedule import schedule_due
from app.jobs.work import AT_ANY_TIME, WORK
from app.loop import Loop
from app.metrics import QUEUE_DONE
from app.outages import Outage, outage_of
from app.queue import Claim
from app.values.pause import yielding

_IDLE_S = 0.3
# How long to leave a database alone that is full or read-only, at first, at most
_REFUSED_S, _REFUSED_MAX_S = 1.0, 15.0
_log = structlog.get_logger(__name__)


class Worker(Loop):
    """One worker thread. While it works, threads take turns sooner: requests may be answered beside it."""

    def __init__(self, parts: Parts) -> None:
        super().__init__("worker", self._work_or_wait)
        self._parts = parts
        self._name = f"{socket.gethostname()}:{os.getpid()}"
        self._owed: list[Claim] = []  # what the database refused to take back
        self._refused = 0  # so many times in a row

    def work_due(self) -> int:
        """Claim and work one row that is due; returns how many were claimed.

        One at a time, because a lease runs from the claim: rows that wait behind a slow receiver would lose theirs.
        """
        parts, now = self._parts, self._parts.now()
        self._give_back(now)
        only = self._in_doubt()
        if only is None:
            schedule_due(parts, now=now)
        if not _anything_due(parts, now):
            return 0
        claims = parts.db.write(lambda session: queue.claim(session, worker=self._name, now=now, limit=1, only=only))
        for claim in claims:
            self._work(claim)
        return len(claims)

    def _work(self, claim: Claim) -> None:
        now = self._parts.now()
        try:
            with traces.span(f"job {claim.kind}", attempt=claim.attempt), yielding:
                WORK[claim.kind](self._parts, claim, now)
            QUEUE_DONE.labels(claim.kind, "worked").inc()
            self._refused = 0
        except StillOut:
            self._retry(claim, "every reviewer abstained", wait=timedelta(seconds=2 * 3**claim.attempt))
        except Exception as error:
            if _is_refused(error):
                QUEUE_DONE.labels(claim.kind, "put_off").inc()
                self._owed.append(claim)
                raise
            _log.exception("job_failed", kind=claim.kind, row=claim.id, attempt=claim.attempt)
            QUEUE_DONE.labels(claim.kind, "failed").inc()
            self._retry(claim, f"{type(error).__name__}: {error}", wait=_wait_after(error, claim.attempt))

    def _retry(self, claim: Claim, error: str, *, wait: timedelta) -> None:
        now = self._parts.now()
        self._parts.db.write(lambda session: queue.retry(session, claim, error=error, due_at=now + wait, now=now))

    def _in_doubt(self) -> frozenset[str] | None:
        """The only kinds to be worked while it is not known what time it is; None where it is."""
        clock = self._parts.shared_clock
        if clock is None:
            return None
        clock.look()
        return None if clock.doubt() is None else AT_ANY_TIME

    def _give_back(self, now: datetime) -> None:
        """Have rows waiting again whose work could not be stored, as if they had not been claimed.

        A disk that is full for an hour would otherwise use up the attempts of whatever became due meanwhile.
        """
        owed = list(self._owed)
        if owed:
            self._parts.db.write(lambda session: [queue.postpone(session, each, due_at=now) for each in owed])
            self._owed.clear()

    def _work_or_wait(self) -> float:
        try:
            return 0 if self.work_due() else _IDLE_S
        except Exception as error:  # noqa: BLE001 - nor may a failing claim
            if not _is_refused(error):
                _log.exception("worker_failed")
                return _IDLE_S
            self._refused += 1
            wait_s: float = min(_REFUSED_S * 2.0**self._refused, _REFUSED_MAX_S)
            _log.warning("worker_waits", why=str(outage_of(error)), owed=len(self._owed), seconds=wait_s)
            return wait_s


def _is_refused(error: Exception) -> bool:
    """Whether the database is there and takes nothing: no row's fault, and nothing to be gained by hurrying."""
    outage: Outage | None = outage_of(error)
    return outage is not None and outage.is_lasting


def _wait_after(error: Exception, attempt: int) -> timedelta:
    """Longer each time, up to an hour; or as long as the error says, up to a day."""
    asked = error.retry_after_s if isinstance(error, AppError) else None
    return timedelta(seconds=min(2**attempt, 3600) if asked is None else min(asked, 86_400))


def _anything_due(parts: Parts, now: datetime) -> bool:
    with parts.db.read() as session:
        return queue.backlog(session, now=now) > 0
