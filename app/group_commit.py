"""Group commit: one thread writes to SQLite and commits many callers' units of work with one fsync.

Each unit stands in a savepoint of its own, so one that fails takes nobody with it. A caller hears of success only after
the commit; when SQLite drops the whole transaction (a full disk), every other unit is run again by itself.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from app.errors import NotReady
from app.metrics import WRITE_GROUP

_GROUP_MAX = 256
_QUEUE_MAX = 4096

T = TypeVar("T")
_Work = Callable[[Session], Any]


class GroupWriter:
    """The single SQLite writer thread: drains waiting units into one transaction, one fsync for all of them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._waiting: queue.Queue[tuple[_Work, Future[Any]] | None] = queue.Queue(_QUEUE_MAX)
        self._stopped = False
        self.has_ended = False
        self._thread = threading.Thread(target=self._run, name="db-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[Session], T]) -> T:
        """Queue a unit and wait until it is durable; raises what it raised, or NotReady when nobody writes any more."""
        assert threading.current_thread() is not self._thread, "db.write inside db.write would wait for itself"
        if self._stopped:
            raise NotReady("the service is stopping", retry_after_s=1)
        future: Future[T] = Future()
        try:
            self._waiting.put((work, future), timeout=5)
        except queue.Full:
            raise NotReady("too many writes are waiting", retry_after_s=1) from None
        if self.has_ended:  # between our look and our put: then nobody else answers what waits
            self._refuse_waiting()
        return future.result()

    def stop(self) -> None:
        """Write what is queued, then end."""
        self._stopped = True
        self._waiting.put(None)
        self._thread.join(timeout=30)
        self._engine.dispose()

    def _run(self) -> None:
        try:
            with self._engine.connect() as connection:
                stopping = False
                while not stopping:
                    group, stopping = self._next_group()
                    if group:
                        WRITE_GROUP.observe(len(group))
                        _commit_group(connection, group)
        finally:
            self.has_ended = True
            self._refuse_waiting()

    def _refuse_waiting(self) -> None:
        while True:
            try:
                unit = self._waiting.get_nowait()
            except queue.Empty:
                return
            if unit is not None:
                unit[1].set_exception(NotReady("the database writer has ended", retry_after_s=1))

    def _next_group(self) -> tuple[list[tuple[_Work, Future[Any]]], bool]:
        unit = self._waiting.get()
        group: list[tuple[_Work, Future[Any]]] = []
        while unit is not None:
            group.append(unit)
            if len(group) == _GROUP_MAX:
                return group, False
            try:
                unit = self._waiting.get_nowait()
            except queue.Empty:
                return group, False
        return group, True


class _GroupLost(Exception):
    """SQLite rolled the whole transaction back (a full disk does that), so no unit of the group is stored."""


def _commit_group(connection: Connection, group: list[tuple[_Work, Future[Any]]]) -> None:
    """Run every unit in its own savepoint and commit once; callers hear only after the commit."""
    if len(group) == 1:
        _commit_alone(connection, group[0])
        return
    try:
        done = _run_together(connection, group)
    except _GroupLost:
        for unit in group:
            if not unit[1].done():
                _commit_alone(connection, unit)
        return
    except BaseException as error:  # noqa: BLE001 - the commit failed: every caller must hear it, the thread goes on
        for _, future in group:
            if not future.done():
                future.set_exception(error)
        return
    for future, result in done:
        future.set_result(result)


def _run_together(connection: Connection, group: list[tuple[_Work, Future[Any]]]) -> list[tuple[Future[Any], Any]]:
    done: list[tuple[Future[Any], Any]] = []
    with connection.begin():
        for work, future in group:
            try:
                done.append((future, _run_unit(connection, work)))
            except BaseException as error:  # noqa: BLE001 - a unit's failure belongs to its caller, not to the group
                future.set_exception(error)
                if not connection.connection.dbapi_connection.in_transaction:  # type: ignore[union-attr]
                    raise _GroupLost from None
    return done


def _commit_alone(connection: Connection, unit: tuple[_Work, Future[Any]]) -> None:
    """One unit needs no savepoint: its transaction is its own."""
    work, future = unit
    try:
        with Session(bind=connection, expire_on_commit=False) as session:
            result = work(session)
            session.commit()
    except BaseException as error:  # noqa: BLE001 - as above
        future.set_exception(error)
    else:
        future.set_result(result)


def _run_unit(connection: Connection, work: _Work) -> object:
    with Session(bind=connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
        result = work(session)
        session.commit()
    return result
