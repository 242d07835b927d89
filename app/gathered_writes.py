"""Gathered writes: on PostgreSQL, callers that store the same kind of thing at the same moment share one transaction.

A caller that finds a free place leads: it takes what waits, writes it as one list and commits once. Nobody waits for
others to come: a lone caller leads at once, and what arrives while the leaders are busy is what the next one takes. So
the busier the service, the fewer statements, round trips and flushes a screening costs.

What fails together is tried again by each caller on its own, so that a failure stays its caller's own. Only where the
database is out everybody hears so at once: trying alone would wait for the same time-out again.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from app.metrics import WRITE_GROUP

_ITEMS_MAX = 256
_LEADERS = 2

R = TypeVar("R")
_ManyWork = Callable[[Session, list[Any]], list[Any]]
_Write = Callable[[Callable[[Session], list[Any]]], list[Any]]


@dataclass(slots=True, eq=False)
class _Waiting:
    """One caller's list. Woken with results, with an error, with a group to write, or with none of these.

    Then it has to be written alone.
    """

    work: _ManyWork
    items: list[Any]
    woken: threading.Event = field(default_factory=threading.Event)
    results: list[Any] | None = None
    error: BaseException | None = None
    group: list[_Waiting] | None = None


class GatheredWrites:
    """Who waits to write, and who writes for them; ``write`` runs a unit of work in a transaction of its own."""

    def __init__(self, write: _Write) -> None:
        self._write = write
        self._lock = threading.Lock()
        self._waiting: deque[_Waiting] = deque()
        self._leaders = 0

    def submit(self, work: _ManyWork, items: list[Any]) -> list[Any]:
        """Write the items, alone or with others', and return their results once they are durable."""
        mine = _Waiting(work, items)
        with self._lock:
            if self._leaders < _LEADERS:  # then nobody waits: a leader who ends hands its place on
                self._leaders += 1
                mine.group = [mine]
            else:
                self._waiting.append(mine)
        if mine.group is None:
            mine.woken.wait()
        if mine.group is not None:
            self._lead(mine.group)
        if mine.error is not None:
            raise mine.error
        if mine.results is None:
            return self._write(lambda session: work(session, items))
        return mine.results

    def _lead(self, group: list[_Waiting]) -> None:
        try:
            _write_together(self._write, group)
        finally:
            self._hand_on()
            for each in group:
                each.woken.set()

    def _hand_on(self) -> None:
        """Give the place to the first who waits, with those behind it who may be written together with it."""
        with self._lock:
            if not self._waiting:
                self._leaders -= 1
                return
            first = self._waiting.popleft()
            group, size, left = [first], len(first.items), deque[_Waiting]()
            for each in self._waiting:
                if each.work == first.work and size + len(each.items) <= _ITEMS_MAX:
                    group.append(each)
                    size += len(each.items)
                else:
                    left.append(each)
            self._waiting = left
            first.group = group
        first.woken.set()


def _write_together(write: _Write, group: list[_Waiting]) -> None:
    """Fill in everybody's results, or everybody's error where the database is out; else leave it to each alone."""
    WRITE_GROUP.observe(len(group))
    work, items = group[0].work, [item for each in group for item in each.items]
    try:
        results = iter(write(lambda session: work(session, items)))
    except BaseException as error:  # noqa: BLE001 - whoever waits must hear it, and the place must be handed on
        if len(group) == 1 or _is_out(error):
            for each in group:
                each.error = error
        return
    for each in group:
        each.results = list(islice(results, len(each.items)))


def _is_out(error: BaseException) -> bool:
    """Whether each alone would only wait for the same failure."""
    return isinstance(error, OperationalError) or (isinstance(error, DBAPIError) and error.connection_invalidated)
