"""The one way into the database: ``read`` for looking, ``write`` for changing.

Why writing is special: on SQLite two writing connections starve each other (p99 of 0.3-1.8 s was measured), while one
writer thread that commits many callers' work together reaches 2,000 durable commits a second. So ``write`` hands the
unit of work to that thread, each unit in a savepoint of its own, and waits until the whole group is on disk. On
PostgreSQL it simply runs in a transaction. Nothing else in the service commits.
"""

from __future__ import annotations

import fcntl
import os
import queue
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from app.errors import Conflict, NotReady
from app.metrics import WRITE_GROUP

_GROUP_MAX = 256
_QUEUE_MAX = 4096
_RETRY_STATES = frozenset({"40001", "40P01"})  # serialization failure, deadlock
_PG_TRIES = 5

T = TypeVar("T")
_Work = Callable[[Session], Any]


class ProcessLock:
    """At most one long-lived process over one SQLite file, by an advisory lock the kernel drops when it dies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def acquire(self, *, wait_s: float = 0) -> None:
        """Take the lock, or raise Conflict naming the process that holds it after ``wait_s`` seconds."""
        if self._descriptor is not None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        give_up = time.monotonic() + wait_s
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= give_up:
                    holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip() or "unknown"
                    os.close(descriptor)
                    raise Conflict(
                        f"{self._path} is held by process {holder}: SQLite serves one process; "
                        "stop that one, or set WEIHENG_DATABASE_URL to PostgreSQL"
                    ) from None
                time.sleep(0.05)
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        self._descriptor = descriptor

    def release(self) -> None:
        """Give the lock back; harmless when it is not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class Database:
    """An engine with the reading and writing sides kept apart.

    ``lock`` is only set for SQLite files; ``serve`` and ``worker`` take it, short administrative commands do not.
    """

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.is_sqlite = url.startswith("sqlite")
        self.url = url
        self.lock: ProcessLock | None = None
        self._writer: _GroupWriter | None = None
        self._starting = threading.Lock()
        if self.is_sqlite:
            path = Path(url.removeprefix("sqlite:///"))
            path.parent.mkdir(parents=True, exist_ok=True)
            self.lock = ProcessLock(path.with_name(path.name + ".lock"))
            self.engine = _sqlite_engine(url, reading=True, pool_size=pool_size)
        else:
            self.engine = create_engine(
                _psycopg(url),
                pool_size=pool_size,
                max_overflow=pool_size,
                pool_pre_ping=True,
                connect_args={"options": "-c statement_timeout=30000 -c lock_timeout=10000", "connect_timeout": 10},
            )

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for looking only; on SQLite the database itself refuses a write through it."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    def write(self, work: Callable[[Session], T]) -> T:
        """Run a unit of work in a transaction and return its result once it is durable.

        ``work`` may run again (PostgreSQL, after a deadlock), so it must not act outside the database.
        """
        if self.is_sqlite:
            return self._group_writer().submit(work)
        return self._write_directly(work)

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """A connection in a transaction of its own for changing the schema; on PostgreSQL one process at a time."""
        engine = _sqlite_engine(self.url, reading=False) if self.is_sqlite else self.engine
        try:
            with engine.begin() as connection:
                if not self.is_sqlite:
                    connection.execute(text("SET LOCAL statement_timeout = 0"))
                    connection.execute(text("SELECT pg_advisory_xact_lock(727004)"))
                yield connection
        finally:
            if self.is_sqlite:
                engine.dispose()

    def ping(self) -> None:
        """Raise when the database does not answer."""
        with self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        """Let queued work finish, then close every connection and give the lock back."""
        if self._writer is not None:
            self._writer.stop()
            self._writer = None
        self.engine.dispose()
        if self.lock is not None:
            self.lock.release()

    def _group_writer(self) -> _GroupWriter:
        if self._writer is None:
            with self._starting:
                if self._writer is None:
                    self._writer = _GroupWriter(_sqlite_engine(self.url, reading=False))
        return self._writer

    def _write_directly(self, work: Callable[[Session], T]) -> T:
        for attempt in range(_PG_TRIES):
            try:
                with Session(self.engine, expire_on_commit=False) as session, session.begin():
                    return work(session)
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) not in _RETRY_STATES or attempt == _PG_TRIES - 1:
                    raise
                time.sleep(0.01 * 2**attempt)
        raise AssertionError("the last attempt returns or raises")


class _GroupWriter:
    """The single SQLite writer thread: drains waiting units into one transaction, one fsync for all of them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._waiting: queue.Queue[tuple[_Work, Future[Any]] | None] = queue.Queue(_QUEUE_MAX)
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="db-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[Session], T]) -> T:
        assert threading.current_thread() is not self._thread, "db.write inside db.write would wait for itself"
        if self._stopped:
            raise NotReady("the service is stopping", retry_after_s=1)
        future: Future[T] = Future()
        try:
            self._waiting.put((work, future), timeout=5)
        except queue.Full:
            raise NotReady("too many writes are waiting", retry_after_s=1) from None
        return future.result()

    def stop(self) -> None:
        self._stopped = True
        self._waiting.put(None)
        self._thread.join(timeout=30)
        self._engine.dispose()

    def _run(self) -> None:
        with self._engine.connect() as connection:
            stopping = False
            while not stopping:
                group, stopping = self._next_group()
                if group:
                    WRITE_GROUP.observe(len(group))
                    _commit_group(connection, group)

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


def _commit_group(connection: Connection, group: list[tuple[_Work, Future[Any]]]) -> None:
    """Run every unit in its own savepoint and commit once; callers hear only after the commit."""
    done: list[tuple[Future[Any], Any]] = []
    try:
        with connection.begin():
            for work, future in group:
                try:
                    done.append((future, _run_unit(connection, work)))
                except Exception as error:  # noqa: BLE001 - a unit's failure belongs to its caller, not to the group
                    future.set_exception(error)
    except BaseException as error:
        for _, future in group:
            if not future.done():
                future.set_exception(error)
        if not isinstance(error, DBAPIError):
            raise
        return
    for future, result in done:
        future.set_result(result)


def _run_unit(connection: Connection, work: _Work) -> object:
    with Session(bind=connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
        result = work(session)
        session.commit()
    return result


def _sqlite_engine(url: str, *, reading: bool, pool_size: int = 5) -> Engine:
    pool: dict[str, Any] = {"pool_size": pool_size, "max_overflow": pool_size} if reading else {"poolclass": NullPool}
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": 30}, **pool)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        cursor = connection.cursor()
        pragmas = ["journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY", "cache_size=-65536"]
        for pragma in [*pragmas, *(["query_only=ON"] if reading else [])]:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _psycopg(url: str) -> str:
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url
