"""Asking several reviewers at once, so that a slow one costs its own time and not everybody's, and a broken one none.

Each is asked in a thread of its own and has its own time; what comes after that is thrown away. After five failures in
a row a reviewer is left alone for a while, twice as long each time, and then tried with one content.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from app.review.backend import Abstained, Reviewer, Said

_FAILURES = 5
_REST, _LONGEST_REST = timedelta(minutes=1), timedelta(minutes=15)
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """What one reviewer said, and how long it took."""

    reviewer: Reviewer
    said: Said
    took_ms: int


@dataclass(slots=True)
class _State:
    failures: int = 0
    rests: int = 0
    until: datetime | None = None


class Breakers:
    """Which reviewers this process leaves alone; thread-safe."""

    def __init__(self) -> None:
        self._states: dict[str, _State] = {}
        self._lock = threading.Lock()

    def may_ask(self, name: str, *, now: datetime) -> bool:
        """Whether to ask; when a rest is over, for the first who asks."""
        with self._lock:
            state = self._states.setdefault(name, _State())
            if state.until is None:
                return True
            if now < state.until:
                return False
            state.until = now + _REST  # the others wait for how this one fares
            return True

    def note(self, name: str, *, failed: bool, now: datetime) -> None:
        """Take down how an asking went."""
        with self._lock:
            state = self._states.setdefault(name, _State())
            if not failed:
                self._states[name] = _State()
                return
            state.failures += 1
            if state.failures >= _FAILURES:
                state.until = now + min(_REST * 2**state.rests, _LONGEST_REST)
                state.rests = min(state.rests + 1, 8)

    def open(self, *, now: datetime) -> tuple[str, ...]:
        """Who is left alone at present."""
        with self._lock:
            return tuple(sorted(name for name, each in self._states.items() if each.until and each.until > now))


def ask_together(
    reviewers: Sequence[Reviewer], ask: Callable[[Reviewer], Said], *, breakers: Breakers, now: datetime
) -> list[Asked]:
    """What each of them said, in their order; takes as long as the slowest may, whatever their number."""
    started = time.monotonic()
    runs = []
    for reviewer in reviewers:
        run = _Run(reviewer, ask) if breakers.may_ask(reviewer.name, now=now) else None
        if run is not None:
            run.start()
        runs.append((reviewer, run))
    asked = []
    for reviewer, run in runs:
        if run is None:
            asked.append(Asked(reviewer, Abstained("resting", is_failure=True), 0))
            continue
        run.join(max(0.0, started + reviewer.timeout_s - time.monotonic()))
        said, took_ms = run.result(started)
        breakers.note(reviewer.name, failed=isinstance(said, Abstained) and said.is_failure, now=now)
        asked.append(Asked(reviewer, said, took_ms))
    return asked


class _Run(threading.Thread):
    """One asking. A daemon, because a reviewer that hangs must not keep the process from ending."""

    def __init__(self, reviewer: Reviewer, ask: Callable[[Reviewer], Said]) -> None:
        super().__init__(name=f"ask-{reviewer.name}", daemon=True)
        self._reviewer, self._ask = reviewer, ask
        self._said: tuple[Said, float] | None = None

    def run(self) -> None:
        try:
            said = self._ask(self._reviewer)
        except Exception as error:  # noqa: BLE001 - one reviewer's bug must not cost the others' opinions
            _log.exception("reviewer_failed", reviewer=self._reviewer.name, error=type(error).__name__)
            said = Abstained("failed", is_failure=True)
        self._said = said, time.monotonic()

    def result(self, started: float) -> tuple[Said, int]:
        """What it said in time, else that it did not."""
        said, ended = self._said or (Abstained("timeout", is_failure=True), time.monotonic())
        return said, int((ended - started) * 1000)
