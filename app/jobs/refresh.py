"""The hourly refresh from inside the service: the same command as from outside, as a gentle process of its own.

Reading, building and trying a hundred thousand words in a request's process would be felt by every request, so the
worker only starts the command and goes on; the lock in the database keeps it one across all processes and machines.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from datetime import datetime, timedelta

import structlog

from app import queue, refreshes
from app.flows.follow_snapshots import follow_once
from app.flows.parts import Parts
from app.flows.refresh_wordlists import AlreadyRunning, refresh_wordlists
from app.flows.screen_waiting import screen_waiting
from app.flows.tell_upkeep import tell_wordlists
from app.flows.word_feedback import propose_retirements
from app.flows.wordlist_freshness import alarm_if_stale
from app.queue import Claim
from app.settings import PROJECT

RUNS_KEPT = timedelta(days=30)
_MOST_S = 1_800
_RETRY = timedelta(minutes=5)
_log = structlog.get_logger(__name__)


def work_refresh(parts: Parts, claim: Claim, now: datetime) -> None:
    """Start a refresh that somebody asked for."""
    _start(parts, by=str(claim.payload.get("by", "scheduler")))
    parts.db.write(lambda session: queue.finish(session, claim, now=now))


def work_watch(parts: Parts, claim: Claim, now: datetime) -> None:
    """Once a minute: refresh when it is time, raise the alarm, screen again what waited."""
    if is_due(parts, now=now):
        _start(parts, by="scheduler")
    tell_wordlists(parts, alarm_if_stale(parts, now=now), now=now)
    screen_waiting(parts, now=now)
    parts.db.write(lambda session: queue.finish(session, claim, now=now))


def work_feedback(parts: Parts, claim: Claim, now: datetime) -> None:
    """Once a day: words that only err, and old runs."""
    propose_retirements(parts, now=now)
    parts.db.write(lambda session: refreshes.forget(session, before=now - RUNS_KEPT))
    parts.db.write(lambda session: queue.finish(session, claim, now=now))


def is_due(parts: Parts, *, now: datetime) -> bool:
    """Whether the last check, and the last try, are so long ago that it is time."""
    every = timedelta(minutes=parts.settings.wordlist_refresh_minutes)
    if not every:
        return False
    with parts.db.read() as session:
        checked_at = refreshes.checked_at(session)
        last = next(iter(refreshes.newest(session, limit=1)), None)
        if refreshes.is_running(session, now=now):
            return False
    if last is None:  # after an upgrade, too
        return True
    if checked_at is not None and _is_within(checked_at, every, now=now):
        return False
    return not _is_within(last.started_at, min(_RETRY, every), now=now)


def _is_within(since: datetime, span: timedelta, *, now: datetime) -> bool:
    """Whether that was less than a span ago; what lies ahead, because the clock was set back, says nothing."""
    return timedelta() <= now - since < span


def _start(parts: Parts, *, by: str) -> None:
    if parts.start_refresh is not None:
        parts.start_refresh(by)
        return
    with contextlib.suppress(AlreadyRunning):
        refresh_wordlists(parts, by=by)
    follow_once(parts)


def start_process(by: str) -> None:
    """Run the command; its log goes where ours goes."""
    command = [sys.executable, "-m", "app.cli", "wordlists", "refresh", "--quiet", "--by", by]
    child = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command
    threading.Thread(target=_reap, args=(child,), name="refresh-wordlists", daemon=True).start()


def _reap(child: subprocess.Popen[bytes]) -> None:
    try:
        child.wait(_MOST_S)
    except subprocess.TimeoutExpired:
        _log.error("wordlist_refresh_hangs", pid=child.pid)
        child.kill()
        child.wait()
