"""Re-screening on a Dask cluster: the same pieces, the same work, on whatever machines the scheduler has.

Sources, output folder and caches have to be where every worker finds them under the same path. A worker opens its judge
once and keeps it for all pieces; the piece of a worker that dies is done again elsewhere, into the same files.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable, Sequence
from typing import Any

from app.errors import InvalidInput, NotReady, Problem
from app.flows import rescreen_folder
from app.flows.rescreen import Hands, Piece, Task, open_hands, work_piece
from app.flows.rescreen_archive import Workers
from app.rescreening.changes import Changes

_RETRIES = 5
_mine: dict[str, Hands] = {}  # one per worker process, by its task's name


def on_cluster(scheduler: str) -> Workers:
    """What does the pieces on the cluster of that scheduler; raises InvalidInput where Dask is not installed."""
    try:
        from distributed import Client  # noqa: PLC0415 - an optional extra
    except ImportError:
        problem = Problem("--dask", "Dask is not installed", "pip install 'weiheng[cluster]'")
        raise InvalidInput("there is no cluster", problems=[problem]) from None

    def work(task: Task, pieces: list[Piece], progress: Callable[[int, int], None]) -> tuple[Changes, list[str]]:
        connect: Any = Client
        try:
            client = connect(scheduler, timeout=5)
        except OSError as error:
            raise NotReady(f"the Dask scheduler {scheduler} does not answer: {error}", retry_after_s=5) from None
        with client:
            return rescreen_with(client, task, pieces, progress)

    return work


def rescreen_with(
    client: Any, task: Task, pieces: Sequence[Piece], progress: Callable[[int, int], None]
) -> tuple[Changes, list[str]]:
    """Judge what is not done yet with the workers of a Dask ``client``; the counts, as `rescreen` gives them."""
    from distributed import as_completed  # noqa: PLC0415 - as above

    completed: Any = as_completed
    name = hashlib.sha256(pickle.dumps(task)).hexdigest()
    sent = client.scatter(task, broadcast=True)
    left = {
        client.submit(_work, sent, name, piece, pure=False, retries=_RETRIES): piece
        for piece in pieces
        if not rescreen_folder.done(task.folder, piece.name)
    }
    for future in completed(list(left)):
        progress(left[future].weight, future.result())
    whole, to_block = Changes(), list[str]()
    for piece in pieces:
        changes, keys = rescreen_folder.counts(task.folder, piece.name)
        whole.merge(changes)
        to_block += keys
    return whole, to_block


def _work(task: Any, name: str, piece: Piece) -> int:
    if name not in _mine:
        for old in _mine.values():
            old.close()
        _mine.clear()
        _mine[name] = open_hands(task, stored=not hasattr(piece, "path"))
    return work_piece(_mine[name], piece)
