"""Group commit: one writes to SQLite at a time and commits many callers' units of work with one fsync.

A caller that finds nobody writing and nobody waiting writes by itself: handing its unit to another thread and waiting
for it costs two changes of threads, each of which stands in line for the interpreter. Whoever comes meanwhile waits, and
the writer thread takes all that wait as one group. Each unit stands in a savepoint of its own, so one that fails takes nobody with it. A caller hears of success only after
the commit; when SQLite drops the whole transaction (a full disk), every other unit is run again by itself.

Units of the same kind that wait together may be done as one (``Unit.items``): most of a small unit's cost is its
session, its savepoint and its statements, and ten screenings need no more of those than one.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from app.errors import NotReady
from app.metrics import WRITE_GROUP

_GROUP_MAX = 256
_QUEUE_MAX = 4096

T = TypeVar("T")
_Work = Callable[[Session], Any]
_ManyWork = Callable[[Session, list[Any]], list[Any]]


@dataclass(frozen=True, slots=True)
class Unit:
    """Something to write and who waits for it; with ``items`` the work takes a list and answers it item by item."""

    work: _Work | _ManyWork
    items: list[Any] | None = None
    future: Future[Any] = field(default_factory=Future)

    def run(self, session: Session) -> Any:
        """Do the work."""
        return self.work(session) if self.items is None else self.work(session, self.items)  # type: ignore[call-arg]


@dataclass(frozen=True, slots=True)
class _Merged:
    """Units that are done as one, in the order they came."""

    units: list[Unit]

    def run(self, session: Session) -> list[Any]:
        """Every unit's result."""
        first = self.units[0]
        if len(self.units) == 1:
            return [first.run(session)]
        results = first.work(session, [item for unit in self.units for item in unit.items or ()])  # type: ignore[call-arg]
        given = iter(results)
        return [list(islice(given, len(unit.items or ()))) for unit in self.units]


class GroupWriter:
    """The single way to write to SQLite: one transaction at a time, one fsync for all that wait for it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None
        self._waiting: queue.Queue[Unit | None] = queue.Queue(_QUEUE_MAX)
        self._is_called = threading.Event()
        self._turn = threading.Lock()  # whoever has it has the connection
        self._writes: int | None = None  # the thread that has it
        self._stopped = False
        self.has_ended = False
        self._thread = threading.Thread(target=self._run, name="db-writer", daemon=True)
        self._thread.start()

    def submit(self, unit: Unit) -> Any:
        """Write a unit and return its result once it is durable.

        Raises what it raised, or NotReady when nobody writes any more.
        """
        assert self._writes != threading.get_ident(), "db.write inside db.write would wait for itself"
        if self._stopped:
            raise NotReady("the service is stopping", retry_after_s=1)
        if self._waiting.empty() and self._turn.acquire(blocking=False):
            return self._write_now(unit)
        try:
            self._waiting.put(unit, timeout=5)
        except queue.Full:
            raise NotReady("too many writes are waiting", retry_after_s=1) from None
        self._is_called.set()
        if self.has_ended:  # between our look and our put: then nobody else answers what waits
            self._refuse_waiting()
        return unit.future.result()

    def stop(self) -> None:
        """Write what is queued, then end."""
        self._stopped = True
        self._waiting.put(None)
        self._is_called.set()
        self._thread.join(timeout=30)
        self._engine.dispose()

    def _write_now(self, unit: Unit) -> Any:
        """Write one unit in the caller's own thread, which has the turn."""
        self._writes = threading.get_ident()
        try:
            if self.has_ended:
                raise NotReady("the database writer has ended", retry_after_s=1)
            WRITE_GROUP.observe(1)
            return _written_alone(self._open(), _Merged([unit]))[0]
        finally:
            self._give_turn()

    def _run(self) -> None:
        try:
            stopping = False
            while not stopping:
                self._is_called.wait()
                self._is_called.clear()
                stopping = self._write_waiting()
        finally:
            with self._turn:
                self.has_ended = True
                self._close()
            self._refuse_waiting()

    def _write_waiting(self) -> bool:
        """Write all that waits, a group at a time; whether it is time to stop."""
        stopping = False
        while not stopping and not self._waiting.empty():
            self._turn.acquire()  # noqa: SIM115 - given back where the connection is looked after
            self._writes = threading.get_ident()
            try:
                group, stopping = self._next_group()
                if group:
                    WRITE_GROUP.observe(len(group))
                    self._commit(group)
            finally:
                self._give_turn()
        return stopping

    def _commit(self, group: list[Unit]) -> None:
        try:
            connection = self._open()
        except BaseException as error:  # noqa: BLE001 - every caller must hear it, the thread goes on
            _refuse(group, error)
            return
        _commit_group(connection, group)

    def _give_turn(self) -> None:
        """Let the next one write; over another connection where this one did not survive."""
        try:
            if self._connection is not None and not _is_free(self._connection):
                self._close()
        finally:
            self._writes = None
            self._turn.release()

    def _open(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(Exception):
                connection.close()

    def _refuse_waiting(self) -> None:
        while True:
            try:
                unit = self._waiting.get_nowait()
            except queue.Empty:
                return
            if unit is not None:
                unit.future.set_exception(NotReady("the database writer has ended", retry_after_s=1))

    def _next_group(self) -> tuple[list[Unit], bool]:
        group: list[Unit] = []
        while len(group) < _GROUP_MAX:
            try:
                unit = self._waiting.get_nowait()
            except queue.Empty:
                return group, False
            if unit is None:
                return group, True
            group.append(unit)
        return group, False


class _GroupLost(Exception):
    """SQLite rolled the whole transaction back (a full disk does that), so no unit of the group is stored."""


def _commit_group(connection: Connection, group: list[Unit]) -> None:
    """Run the units and commit once; callers hear only after the commit."""
    merged = _merge(group)
    if len(merged) == 1:
        _commit_alone(connection, merged[0])
        return
    try:
        done = _run_together(connection, merged)
    except _GroupLost:
        for unit in group:
            if not unit.future.done():
                _commit_alone(connection, _Merged([unit]))
        return
    except BaseException as error:  # noqa: BLE001 - the commit failed: every caller must hear it, the thread goes on
        _is_free(connection)
        _refuse(group, error)
        return
    for unit, result in done:
        unit.future.set_result(result)


def _merge(group: list[Unit]) -> list[_Merged]:
    """The group's units, those of one kind of work with items together."""
    merged: list[_Merged] = []
    by_work: dict[object, _Merged] = {}
    for unit in group:
        if unit.items is not None and (same := by_work.get(unit.work)) is not None:
            same.units.append(unit)
            continue
        alone = _Merged([unit])
        merged.append(alone)
        if unit.items is not None:
            by_work[unit.work] = alone
    return merged


def _run_together(connection: Connection, group: list[_Merged]) -> list[tuple[Unit, Any]]:
    """Each in a savepoint; what fails merged is run again unit by unit, so that a failure stays its caller's own."""
    done: list[tuple[Unit, Any]] = []
    waiting = list(reversed(group))
    with connection.begin():
        while waiting:
            merged = waiting.pop()
            try:
                results = _run_in_savepoint(connection, merged)
            except BaseException as error:  # noqa: BLE001 - a unit's failure belongs to its caller, not to the group
                if not connection.connection.dbapi_connection.in_transaction:  # type: ignore[union-attr]
                    if len(merged.units) == 1:
                        _refuse(merged.units, error)
                    raise _GroupLost from None
                if len(merged.units) == 1:
                    _refuse(merged.units, error)
                else:
                    waiting += [_Merged([unit]) for unit in reversed(merged.units)]
            else:
                done += zip(merged.units, results, strict=True)
    return done


def _commit_alone(connection: Connection, merged: _Merged) -> None:
    """One piece of work needs no savepoint: its transaction is its own."""
    try:
        results = _written_alone(connection, merged)
    except BaseException as error:  # noqa: BLE001 - as above
        if len(merged.units) == 1:
            _refuse(merged.units, error)
            return
        for unit in merged.units:
            _commit_alone(connection, _Merged([unit]))
    else:
        for unit, result in zip(merged.units, results, strict=True):
            unit.future.set_result(result)


def _written_alone(connection: Connection, merged: _Merged) -> list[Any]:
    """Run and commit; what each unit returned."""
    if not _is_free(connection):
        raise NotReady("the database connection broke; nothing was stored", retry_after_s=1)
    with Session(bind=connection, expire_on_commit=False) as session:
        results = merged.run(session)
        session.commit()
    return results


def _is_free(connection: Connection) -> bool:
    """Whether the connection is in no transaction; one that a failed commit left behind is rolled back first.

    After a commit that failed, as on a full disk, the transaction stays on until somebody ends it: every later unit
    would be refused for it, long after there is room again.
    """
    if connection.get_transaction() is not None:  # also one that ended half, which ``in_transaction`` says no of
        with suppress(Exception):
            connection.rollback()
    if connection.invalidated or connection.get_transaction() is not None:
        return False
    driver: Any = connection.connection.dbapi_connection
    return not driver.in_transaction


def _run_in_savepoint(connection: Connection, merged: _Merged) -> list[Any]:
    with Session(bind=connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
        results = merged.run(session)
        session.commit()
    return results


def _refuse(units: list[Unit], error: BaseException) -> None:
    for unit in units:
        if not unit.future.done():
            unit.future.set_exception(error)
