"""Processes that do pieces of work beside this one, and end when it does, however it ends."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any


def child_pool(count: int, start: Callable[..., None], *given: Any) -> ProcessPoolExecutor:
    """A pool of that many processes, each of which begins with ``start(*given)``; all of it has to pickle.

    They are new ones, since threads of this process would not survive a fork. One whose parent was killed would wait
    for work for ever, with all the memory it has.
    """
    spawn = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(count, spawn, initializer=_begin, initargs=(start, given))


def _begin(start: Callable[..., None], given: tuple[Any, ...]) -> None:
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    start(*given)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None, "only children begin here"
    parent.join()
    os._exit(1)
