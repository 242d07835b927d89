"""Re-screening an archive: after a new law or list, everything already published is judged again, on all cores.

sources ─ pieces ─ done before? ─┬─ skipped ─────────────────────────────────┐
                                 └─ processes, a judge each ─ screen_batches ┴─ counts merged ─ report
No text passes between processes, and a piece is forgotten once it is counted: memory stays flat. A process that is
killed costs the piece it was at.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

from app.db import Database
from app.errors import NotReady
from app.flows import rescreen_folder
from app.flows.candidate import Candidate, build_candidate
from app.flows.child_pool import child_pool
from app.flows.judge_content import Judge
from app.flows.judge_many import Quiet
from app.flows.rescreen_batch import in_batches
from app.flows.rescreen_piece import Asked, quiet_of, screen_batches
from app.flows.rescreen_pieces import FilePiece
from app.flows.rescreen_rows import Columns, batches_of
from app.flows.rescreen_stored import StoredPiece, stored_contents
from app.rescreening.changes import Changes
from app.settings import Settings
from app.vault.ciphers import NAMES
from app.vault.keyring import open_keyring
from app.vault.people import People

Piece = FilePiece | StoredPiece
_SELDOM = (200_000, 20, 20)
"""When a process that answers nobody looks for waste: it may be held up, and leaves next to none."""
_TRIES = 3
_WAITING_EACH = 3


@dataclass(frozen=True, slots=True)
class Task:
    """All that a process needs beside its pieces; it travels to every one of them."""

    settings: Settings
    candidate: Candidate
    asked: Asked
    columns: Columns
    folder: Path


@dataclass(frozen=True, slots=True)
class Hands:
    """What one process works with: a judge, what it told of texts so far, and the database where contents are stored.

    ``usual`` is how often it looked for waste before, which ``close`` restores.
    """

    task: Task
    judge: Judge
    quiet: Quiet | None = None
    db: Database | None = None
    people: People | None = None
    usual: tuple[int, int, int] = field(default_factory=gc.get_threshold)

    def close(self) -> None:
        """Give back what was opened."""
        self.judge.engine.close()
        if self.db is not None:
            self.db.close()
        gc.set_threshold(*self.usual)
        gc.unfreeze()


_mine: dict[str, Hands] = {}  # one per process: opened once by the initializer, used by every piece


def rescreen(
    task: Task,
    pieces: Sequence[Piece] | Iterator[Piece],
    *,
    processes: int,
    progress: Callable[[int, int], None],
) -> tuple[Changes, list[str]]:
    """Judge what is not done yet; the counts of everything, and the keys of contents newly to be blocked.

    ``progress`` hears a piece's weight and how many contents it had. Raises NotReady when processes keep dying.
    """
    rescreen_folder.drop_unfinished(task.folder)
    whole, to_block = Changes(), list[str]()
    everything = list(pieces)
    for attempt in range(_TRIES):
        left = [piece for piece in everything if not rescreen_folder.done(task.folder, piece.name)]
        try:
            for piece, looked_at in _work_all(task, left, processes):
                progress(piece.weight, looked_at)
            break
        except BrokenProcessPool:
            if attempt == _TRIES - 1:
                raise NotReady(
                    "a process was killed again and again (out of memory?); what is done is kept: run it again",
                    retry_after_s=1,
                ) from None
    for piece in everything:
        changes, keys = rescreen_folder.counts(task.folder, piece.name)
        whole.merge(changes)
        to_block += keys
    return whole, to_block


def work_piece(hands: Hands, piece: Piece) -> int:
    """Judge one piece and write its files; how many contents it had."""
    if isinstance(piece, StoredPiece):
        assert hands.db is not None, "stored contents are read from a database"
        assert hands.people is not None, "… and opened by its keys"
        things = stored_contents(hands.db, hands.people, piece, settings=hands.task.settings, now=hands.task.asked.now)
        batches = in_batches(things)
    else:
        batches = batches_of(hands.judge, piece, hands.task.columns)
    changes, _ = screen_batches(
        hands.judge, piece.name, batches, hands.task.asked, hands.task.folder, quiet=hands.quiet
    )
    return changes.looked_at


def open_hands(task: Task, *, stored: bool) -> Hands:
    """What this process works with, kept out of garbage collections: walking all words took an eighth of the time."""
    judge = build_candidate(task.candidate, task.settings)
    hands = Hands(task, judge, quiet_of(judge, task.asked))
    if stored:
        people = People(open_keyring(task.settings), algorithm=NAMES[task.settings.vault_algorithm])
        hands = replace(hands, db=Database(task.settings.url, pool_size=1), people=people)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_SELDOM)
    return hands


def _work_all(task: Task, pieces: Sequence[Piece], processes: int) -> Iterator[tuple[Piece, int]]:
    if not pieces:
        return
    stored = any(isinstance(piece, StoredPiece) for piece in pieces)
    if processes == 1 or len(pieces) == 1:
        hands = open_hands(task, stored=stored)
        try:
            for piece in pieces:
                yield piece, work_piece(hands, piece)
        finally:
            hands.close()
        return
    with _one_thread_each(), child_pool(min(processes, len(pieces)), _start, task, stored) as pool:
        left = iter(pieces)
        waiting: dict[Future[int], Piece] = {}
        while True:
            for piece in islice(left, processes * _WAITING_EACH - len(waiting)):
                waiting[pool.submit(_work, piece)] = piece
            if not waiting:
                return
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                yield waiting.pop(future), future.result()


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Polars takes as many threads as there are cores unless told otherwise, and here every core has a process."""
    name = "POLARS_MAX_THREADS"
    before: Any = os.environ.get(name)
    os.environ[name] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def _start(task: Task, stored: bool) -> None:
    _mine["mine"] = open_hands(task, stored=stored)


def _work(piece: Piece) -> int:
    return work_piece(_mine["mine"], piece)
