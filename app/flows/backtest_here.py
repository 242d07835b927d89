"""A backtest at the command line: read only, beside a running service, on all cores when there is much to judge.

walks (names only) ─ portions ─ processes, each with its own judge and its own reading connection ─ tallies merged

A portion's texts never pass between processes and are forgotten as soon as they are counted: memory stays flat.
"""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import islice
from typing import Any

from app.backtesting.both import Both
from app.backtesting.span import Span
from app.db import Database
from app.flows.backtest import replay
from app.flows.backtest_answer import result_of
from app.flows.candidate import Candidate, build_candidate, check_candidate, statuses
from app.flows.child_pool import child_pool
from app.flows.judge_content import Judge
from app.flows.parts import Parts
from app.flows.replay_events import LINES, replay_lines
from app.flows.stored_things import opened, walk
from app.flows.walk_lines import LinePlace, walk_lines
from app.flows.work_backtest import PORTION
from app.settings import Settings
from app.vault.ciphers import NAMES
from app.vault.keyring import open_keyring
from app.vault.people import People

MANY = 20_000
_PER_TASK = 500


@dataclass(frozen=True, slots=True)
class _Portion:
    """Work for one task: chosen screenings, or lines; ``passed`` with those that were not chosen."""

    span: Span
    passed: int
    screening_ids: Sequence[str] = ()
    lines: Sequence[LinePlace] = ()


@dataclass(frozen=True, slots=True)
class _Mine:
    """What one process works with."""

    db: Database
    people: People
    judge: Judge

    def count(self, portion: _Portion) -> Both:
        """Judge these again."""
        both = Both(events=replay_lines(self.db, self.judge, portion.span, portion.lines))
        ids = portion.screening_ids
        for start in range(0, len(ids), PORTION):
            both.contents.merge(replay(self.judge, opened(self.db, self.people, ids[start : start + PORTION])))
        return both


_mine: dict[str, _Mine] = {}  # one per process: opened once by the initializer, used by every task


def backtest_here(
    parts: Parts, candidate: Candidate, span: Span, *, processes: int, progress: Callable[[int], None]
) -> dict[str, Any]:
    """The result of trying the candidate on the span; ``progress`` hears how much more was passed.

    Raises BadDefinition when the candidate is bad, naming every problem as ``file:line``.
    """
    check_candidate(candidate, parts.settings)
    both = Both()
    portions = _portions(parts.db, span)
    counted = _alone if processes == 1 else _together
    for passed, each in counted(parts, candidate, portions, processes):
        both.merge(each)
        progress(passed)
    with parts.db.read() as session:
        return result_of(session, both, statuses(candidate))


def _portions(db: Database, span: Span) -> Iterator[_Portion]:
    places = walk(db, span)
    while portion := list(islice(places, _PER_TASK)):
        chosen = [place.screening_id for place in portion if span.is_chosen(place.screening_id)]
        yield _Portion(span, len(portion), screening_ids=chosen)
    lines = walk_lines(db, span)
    while found := list(islice(lines, LINES)):
        yield _Portion(span, sum(line.events for line in found), lines=found)


def _alone(
    parts: Parts, candidate: Candidate, portions: Iterator[_Portion], _processes: int
) -> Iterator[tuple[int, Both]]:
    mine = _mine_of(parts.db, parts.people, candidate, parts.settings)
    try:
        for portion in portions:
            yield portion.passed, mine.count(portion)
    finally:
        mine.judge.engine.close()
        gc.unfreeze()


def _together(
    parts: Parts, candidate: Candidate, portions: Iterator[_Portion], processes: int
) -> Iterator[tuple[int, Both]]:
    waiting: deque[tuple[int, Future[Both]]] = deque()
    with child_pool(processes, _start, parts.settings, candidate) as pool:
        while True:
            for portion in islice(portions, processes * 4 - len(waiting)):
                waiting.append((portion.passed, pool.submit(_work, portion)))
            if not waiting:
                return
            passed, future = waiting.popleft()
            yield passed, future.result()


def _start(settings: Settings, candidate: Candidate) -> None:
    people = People(open_keyring(settings), algorithm=NAMES[settings.vault_algorithm])
    _mine["mine"] = _mine_of(Database(settings.url, pool_size=1), people, candidate, settings)


def _mine_of(db: Database, people: People, candidate: Candidate, settings: Settings) -> _Mine:
    """What this process works with, kept out of garbage collections: walking all words took an eighth of the time."""
    mine = _Mine(db, people, build_candidate(candidate, settings))
    gc.collect()
    gc.freeze()
    return mine


def _work(portion: _Portion) -> Both:
    return _mine["mine"].count(portion)
