"""The worker: claims due rows, works each by its kind, and lets an expired lease be taken over by another worker.

Any number of workers, in any number of processes on PostgreSQL, share one queue; a kind is one line in ``WORK``.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeAlias

import structlog

from app import queue
from app.flows import answer_once
from app.flows.deliver_outbox import deliver_outbox
from app.flows.parts import Parts
from app.flows.review_content import StillOut, review_content
from app.flows.screen_content import REVIEW_JOB
from app.jobs.schedule import PRUNE, schedule_due
from app.metrics import QUEUE_DONE
from app.outbox.messages import DELIVER
from app.queue import Claim

Work: TypeAlias = Callable[[Parts, Claim, datetime], None]
_IDLE_S = 0.3
_log = structlog.get_logger(__name__)


def _prune(parts: Parts, claim: Claim, now: datetime) -> None:
    answer_once.prune(parts, now=now)
    parts.db.write(lambda session: queue.finish(session, claim, now=now))


WORK: dict[str, Work] = {
    DELIVER: lambda parts, claim, now: deliver_outbox(parts, claim, now=now),
    REVIEW_JOB: lambda parts, claim, now: review_content(parts, claim, now=now),
    PRUNE: _prune,
}


class Worker:
    """One worker thread."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._name = f"{socket.gethostname()}:{os.getpid()}"
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the row at hand, then end."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=30)

    def join(self) -> None:
        """Wait until the worker ends."""
        self._thread.join()

    def work_due(self) -> int:
        """Claim and work what is due now; returns how many rows were claimed."""
        parts, now = self._parts, self._parts.now()
        schedule_due(parts, now=now)
        if not _anything_due(parts, now):
            return 0
        claims = parts.db.write(lambda session: queue.claim(session, worker=self._name, now=now))
        for claim in claims:
            self._work(claim)
        return len(claims)

    def _work(self, claim: Claim) -> None:
        now = self._parts.now()
        try:
            WORK[claim.kind](self._parts, claim, now)
            QUEUE_DONE.labels(claim.kind, "worked").inc()
        except StillOut:
            self._retry(claim, "every reviewer abstained", wait=timedelta(seconds=2 * 3**claim.attempt))
        except Exception as error:  # noqa: BLE001 - one bad row must not end the worker
            _log.exception("job_failed", kind=claim.kind, row=claim.id, attempt=claim.attempt)
            QUEUE_DONE.labels(claim.kind, "failed").inc()
            self._retry(claim, f"{type(error).__name__}: {error}", wait=timedelta(seconds=min(2**claim.attempt, 3600)))

    def _retry(self, claim: Claim, error: str, *, wait: timedelta) -> None:
        now = self._parts.now()
        self._parts.db.write(lambda session: queue.retry(session, claim, error=error, due_at=now + wait, now=now))

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                worked = self.work_due()
            except Exception:  # noqa: BLE001 - nor may a failing claim
                _log.exception("worker_failed")
                worked = 0
            if not worked:
                self._stop.wait(_IDLE_S)


def _anything_due(parts: Parts, now: datetime) -> bool:
    with parts.db.read() as session:
        return queue.backlog(session, now=now) > 0
