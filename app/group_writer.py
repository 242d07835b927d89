"""The single way to write to SQLite: two connections that write starve each other, so one has its turn at a time.

A caller that finds nobody writing and nobody waiting writes by itself: handing its unit to another thread and waiting
for it costs two changes of threads, each of which stands in line for the interpreter. Whoever comes meanwhile waits,
and the writer thread takes all that wait as one group.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import Connection, Engine

from app.errors import NotReady
from app.group_commit import Merged, Unit, commit_group, is_free, refuse, written_alone
from app.metrics import WRITE_GROUP

_GROUP_MAX = 256
_QUEUE_MAX = 4096


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
        self.written = 0  # so many transactions were tried
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

    @contextmanager
    def nobody_writes(self) -> Iterator[None]:
        """Have all who want to write wait."""
        with self._turn:
            yield

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
            return written_alone(self._open(), Merged([unit]))[0]
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
            self._turn.acquire()
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
            refuse(group, error)
            return
        commit_group(connection, group)

    def _give_turn(self) -> None:
        """Let the next one write; over another connection where this one did not survive."""
        try:
            if self._connection is not None and not is_free(self._connection):
                self._close()
        finally:
            self.written += 1
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
