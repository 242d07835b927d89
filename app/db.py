"""The one way into the database: ``read`` for looking, ``write`` for changing.

Why writing is special: on SQLite two writing connections starve each other (p99 of 0.3-1.8 s was measured), while one
that commits many callers' work together reaches 2,000 durable commits a second. So ``write`` waits for its turn at that
connection, in a group with all others that wait, each unit in a savepoint of its own, until the whole group is on disk.
On PostgreSQL it runs in a transaction, which callers that store the same kind of thing share. Nothing else commits.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.checkpoints import Checkpoints
from app.clock import utc_now
from app.engines import FAR_OFF_PAGES, USUAL_PAGES, postgresql_engine, sqlite_engine, trace_statements
from app.errors import NotReady
from app.gathered_writes import GatheredWrites
from app.group_commit import Unit
from app.group_writer import GroupWriter
from app.outages import Refusals
from app.prepared import run
from app.process_lock import ProcessLock

# How often PostgreSQL may answer so before it counts: serialization failure, deadlock, and a row that somebody else
# inserted first (run again, the unit finds it; where it is a real contradiction it fails again at once).
_RETRIES = {"40001": 5, "40P01": 5, "23505": 2}

_CLOCK = text("SELECT clock_timestamp()")

T = TypeVar("T")
Item = TypeVar("Item")
R = TypeVar("R")


class Database:
    """An engine with the reading and writing sides kept apart.

    ``lock`` is only set for SQLite files; ``serve`` and ``worker`` take it, short administrative commands do not.
    """

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.is_sqlite = url.startswith("sqlite")
        self.url = url
        self.lock: ProcessLock | None = None
        self.refusals = Refusals()
        self._writer: GroupWriter | None = None
        self._checkpoints: Checkpoints | None = None
        self._checkpoint_pages = USUAL_PAGES
        self._starting = threading.Lock()
        self._is_closed = False
        self._writing = threading.local()
        self._gathered = GatheredWrites(self._write_directly)
        if self.is_sqlite:
            path = Path(url.removeprefix("sqlite:///"))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)  # nobody else's to read
            self.lock = ProcessLock(path.with_name(path.name + ".lock"))
            self.engine = sqlite_engine(url, reading=True, pool_size=pool_size)
        else:
            self.engine = postgresql_engine(url, pool_size=pool_size)
        trace_statements(self.engine)
        # SQLite's are kept at hand: nothing is to be reset in them, and they do not go stale.
        self._at_hand: list[Connection] = []
        if self.is_sqlite:
            self._glancing = sqlite_engine(url, reading=True, pool_size=0)
            trace_statements(self._glancing)
        else:
            self._glancing = self.engine.execution_options(isolation_level="AUTOCOMMIT")

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for looking only: the database itself refuses a write through it.

        All of it sees one moment: a value and the key it was sealed under are read together, while keys are renewed.
        """
        with Session(self.engine, expire_on_commit=False) as session:
            if not self.is_sqlite:
                moment = {"postgresql_readonly": True, "isolation_level": "REPEATABLE READ"}
                session.connection(execution_options=moment)
            yield session

    @contextmanager
    def glance(self) -> Iterator[Connection]:
        """A connection for statements that are ``Prepared``, for looking only: each sees a moment of its own.

        Without session and transaction a look into an index costs a tenth; on PostgreSQL it is one round trip.
        """
        if not self.is_sqlite:
            with self._glancing.connect() as connection:
                yield connection
            return
        try:
            connection = self._at_hand.pop()
        except IndexError:
            connection = self._glancing.connect()
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        self._at_hand.append(connection)

    def write(self, work: Callable[[Session], T]) -> T:
        """Run a unit of work in a transaction and return its result once it is durable.

        ``work`` may run again (PostgreSQL, after a deadlock), so it must not act outside the database.
        """
        if self.is_sqlite:
            result: T = self._submit(Unit(work))
            return result
        return self._write_directly(work)

    def write_items(self, work: Callable[[Session, list[Item]], list[R]], items: list[Item]) -> list[R]:
        """Like ``write``, for work on a list that answers item by item.

        Callers of the same ``work`` that wait at the same moment are done as one list; ``work`` must therefore be one
        lasting function, and everything an item needs must be in the item.
        """
        if self.is_sqlite:
            results: list[R] = self._submit(Unit(work, items))
            return results
        return self._gathered.submit(work, items)

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """A connection in a transaction of its own for changing the schema; on PostgreSQL one process at a time."""
        engine = sqlite_engine(self.url, reading=False) if self.is_sqlite else self.engine
        try:
            with engine.begin() as connection:
                if not self.is_sqlite:
                    connection.execute(text("SET LOCAL statement_timeout = 0"))
                    connection.execute(text("SELECT pg_advisory_xact_lock(727004)"))
                yield connection
        finally:
            if self.is_sqlite:
                engine.dispose()

    def checkpoint_beside(self) -> None:
        """Have a thread of its own do SQLite's checkpoints until ``close``; for a process that serves."""
        if not self.is_sqlite or self._checkpoints is not None:
            return
        self._checkpoint_pages = FAR_OFF_PAGES
        self.write(lambda session: run(session.connection(), f"PRAGMA wal_autocheckpoint={FAR_OFF_PAGES}"))
        writer = self._group_writer()
        self._checkpoints = Checkpoints(sqlite_engine(self.url, reading=False), writer)
        self._checkpoints.start()

    def clock(self) -> datetime:
        """What time the server says it is; on SQLite this machine is the server."""
        if self.is_sqlite:
            return utc_now()
        with self._glancing.connect() as connection:
            there: datetime = connection.execute(_CLOCK).scalar_one()
        return there.astimezone(UTC)

    def ping(self) -> None:
        """Raise when the database does not answer."""
        with self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        """Let queued work finish, then close every connection and give the lock back."""
        with self._starting:
            self._is_closed = True
            writer, self._writer = self._writer, None
        if self._checkpoints is not None:
            self._checkpoints.stop()
        if writer is not None:
            writer.stop()
        while self._at_hand:
            self._at_hand.pop().close()
        self._glancing.dispose()
        self.engine.dispose()
        if self.lock is not None:
            self.lock.release()

    def _submit(self, unit: Unit) -> Any:
        try:
            return self._group_writer().submit(unit)
        except DBAPIError as error:
            self.refusals.note(error)
            raise

    def _group_writer(self) -> GroupWriter:
        writer = self._writer
        if writer is None or writer.has_ended:
            with self._starting:
                if self._is_closed:
                    raise NotReady("the service is stopping", retry_after_s=1)
                if self._writer is None or self._writer.has_ended:
                    pages = self._checkpoint_pages
                    self._writer = GroupWriter(sqlite_engine(self.url, reading=False, checkpoint_pages=pages))
                    if self._checkpoints is not None:
                        self._checkpoints.writer = self._writer
                writer = self._writer
        return writer

    def _write_directly(self, work: Callable[[Session], T]) -> T:
        assert not getattr(self._writing, "now", False), "db.write inside db.write would not be one transaction"
        attempt = 0
        self._writing.now = True
        try:
            while True:
                try:
                    with Session(self.engine, expire_on_commit=False) as session, session.begin():
                        return work(session)
                except DBAPIError as error:
                    if attempt >= _RETRIES.get(getattr(error.orig, "sqlstate", None) or "", 0):
                        self.refusals.note(error)
                        raise
                    time.sleep(0.005 * 2**attempt)
                    attempt += 1
        finally:
            self._writing.now = False
