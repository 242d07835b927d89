"""The refresh of the wordlists: every source is asked, what changed is tried, and takes force or waits for a person.

lock ─ each source: fetch ─ changed since the last look? ─ parse ─ check ─ canary ─ decide (propose_snapshot)
     └ each step is recorded and renews the lock                                 ├ active: processes follow
unlock: every source answered? then this was a completed check                   └ held: what is in force stays

A kill at any step leaves what is in force as it is: a candidate is activated in one unit of work, and whatever was
noted before only says less than happened, so that the next run does it again and finds it done.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import structlog

from app import refreshes, snapshots
from app.errors import AppError, BadDefinition, Conflict
from app.flows.parts import Parts
from app.flows.settle_source import is_looked_at, keep_source, known_of, order_of
from app.flows.source_outcome import Outcome
from app.flows.try_source import try_source
from app.metrics import WORDLIST_REFRESHES
from app.models import WordlistRefresh
from app.wordlist_sources.configured import configured
from app.wordlist_sources.source import Around, Fetched, Source

COMPLETE = frozenset({"unchanged", "active", "held"})
_log = structlog.get_logger(__name__)


class AlreadyRunning(Conflict):
    """Another refresh holds the lock."""

    code = "refresh_running"
    title = "A refresh of the wordlists is running"


@dataclass
class Run:
    """One run at work. ``said`` hears of every step before it begins."""

    parts: Parts
    id: str
    by: str
    said: Callable[[str, str], None]
    outcomes: dict[str, Outcome] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str, source: str) -> Iterator[dict[str, Any]]:
        """Record a step with its duration, also where it fails; what is put into the value is kept with it."""
        self.said(name, source)
        told: dict[str, Any] = {"step": name, "source": source, "at": self.parts.now().isoformat()}
        started = time.monotonic()
        try:
            yield told
        except AppError as error:
            told["error"] = str(error)[:1_000]
            raise
        finally:
            told["took_ms"] = int((time.monotonic() - started) * 1_000)
            now = self.parts.now()
            self.parts.db.write(lambda session: refreshes.note_step(session, self.id, told, now=now))

    def beat(self) -> None:
        """Renew the lock between portions of a long step."""
        now = self.parts.now()
        self.parts.db.write(lambda session: refreshes.hold_lock(session, self.id, now=now))


def refresh_wordlists(
    parts: Parts, *, by: str, said: Callable[[str, str], None] = lambda _step, _source: None
) -> WordlistRefresh:
    """Run one refresh to its end; returns its record.

    Raises AlreadyRunning while another one holds the lock, Conflict when the lock was lost on the way.
    """
    begun = parts.db.write(lambda session: refreshes.begin(session, by=by, now=parts.now()))
    if begun is None:
        raise AlreadyRunning("another refresh of the wordlists is running; it ends by itself", retry_after_s=30)
    run = Run(parts, begun.id, by, said)
    error = None
    try:
        for source in order_of(configured(parts.settings.wordlist_sources)):
            run.outcomes[source.name] = _one(run, source)
    except BadDefinition as wrong:
        error = str(wrong)
        _log.error("wordlist_sources_wrong", problems=[str(each) for each in wrong.problems])
    return _finish(run, error)


def _one(run: Run, source: Source) -> Outcome:
    """Ask one source and do what follows; whatever goes wrong with it is its outcome and stops no other source."""
    parts = run.parts
    try:
        with run.step("fetch", source.name) as told:
            fetched = _fetch(parts, source)
            told["files"], told["unchanged"] = len(fetched.files), fetched.unchanged
        with parts.db.read() as session:
            looked_at = is_looked_at(session, source, fetched)
        if isinstance(looked_at, Outcome):
            outcome = looked_at
        else:
            outcome = Outcome("unchanged") if looked_at else try_source(run, source, fetched)
    except Conflict:
        raise
    except Exception as failed:  # noqa: BLE001 - a file that cannot be read, a name that cannot be one: its own trouble
        said = str(failed) if isinstance(failed, AppError) else f"{type(failed).__name__}: {failed}"
        _log.warning("wordlist_source_failed", source=source.name, error=said[:500])
        fetched, outcome = None, Outcome("failed", error=said[:2_000])
    with run.step("keep", source.name):
        keep_source(parts, source, fetched, outcome)
    return outcome


def _fetch(parts: Parts, source: Source) -> Fetched:
    settings = parts.settings
    with parts.db.read() as session:
        known = known_of(session, source)
    around = Around(
        db=parts.db,
        wordlists_dir=settings.wordlists_dir,
        allow_private=settings.wordlist_allow_private,
        timeout_s=settings.wordlist_timeout_s,
        max_bytes=settings.wordlist_max_bytes,
        now=parts.now(),
    )
    return source.fetch(source.options, known, around)


def _finish(run: Run, error: str | None) -> WordlistRefresh:
    parts, outcomes = run.parts, run.outcomes
    states = [each.state for each in outcomes.values()]
    is_complete = error is None and all(state in COMPLETE for state in states)
    worst = next((state for state in ("failed", "held", "active") if state in states), "unchanged")
    state = "failed" if error else worst
    told = {name: each.plain() for name, each in outcomes.items()}
    if error:
        told["sources"] = {"state": "failed", "error": error[:2_000]}
    run.said("finish", "")

    def work(session: Any) -> WordlistRefresh:
        return refreshes.finish(
            session,
            run.id,
            state=state,
            sources=told,
            snapshot_id=snapshots.pointer(session, "wordlists").snapshot_id,
            is_complete=is_complete,
            now=parts.now(),
        )

    finished = parts.db.write(work)
    WORDLIST_REFRESHES.labels(state).inc()
    _log.info("wordlists_refreshed", state=state, complete=is_complete, run=run.id)
    return finished
