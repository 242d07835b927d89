"""Engines as this service needs them: SQLite with a write-ahead log, PostgreSQL with bounds for waiting."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool

from app import traces
from app.prepared import run
from app.write_line import WriteLine

# How long we wait for PostgreSQL: for a connection, a statement, a lock; and for a machine that is gone without a word.
_PATIENCE: dict[str, Any] = {
    "connect_timeout": 10,
    "options": "-c statement_timeout=30000 -c lock_timeout=10000",
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}

# After how many pages of its log SQLite checkpoints by itself; the latter where a thread does so long before.
USUAL_PAGES, FAR_OFF_PAGES = 1_000, 40_000


def sqlite_engine(url: str, *, reading: bool, pool_size: int = 5, checkpoint_pages: int = USUAL_PAGES) -> Engine:
    """An engine over a SQLite file: ``reading`` many connections that cannot write, or one for writing at a time."""
    pool: dict[str, Any] = {"pool_size": pool_size, "max_overflow": pool_size} if reading else {"poolclass": NullPool}
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": 30}, json_serializer=_json, **pool)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        cursor = connection.cursor()
        _use_wal(cursor)
        pragmas = ["synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY", "cache_size=-65536"]
        pragmas.append("query_only=ON" if reading else f"wal_autocheckpoint={checkpoint_pages}")
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    if reading:
        event.listen(engine, "begin", lambda connection: run(connection, "BEGIN"))
        return engine
    line = WriteLine(Path(url.removeprefix("sqlite:///")))

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        with line.first():
            run(connection, "BEGIN IMMEDIATE")

    return engine


def postgresql_engine(url: str, *, pool_size: int) -> Engine:
    """An engine over PostgreSQL whose connections are asked whether they live before they are used."""
    engine = create_engine(
        _psycopg(url),
        json_serializer=_json,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        connect_args=_PATIENCE,
    )
    _heed_the_server(engine)
    return engine


def _heed_the_server(engine: Engine) -> None:
    """Ask for writing no more explicitly than the server has it by default.

    After a session that only reads SQLAlchemy sets the connection to writing, which would override a server that was
    told to take no writes, as managed ones are when their disk fills up.
    """

    @event.listens_for(engine, "checkout")
    def _forget(connection: Any, _record: object, _proxy: object) -> None:
        if connection.read_only is not None:
            connection.read_only = None


def trace_statements(engine: Engine) -> None:
    """Tell of each statement where somebody traces; two calls of nothing otherwise."""

    @event.listens_for(engine, "before_cursor_execute")
    def _began(*sent: Any) -> None:
        if traces.is_on():
            sent[4].traced_since = time.perf_counter()

    @event.listens_for(engine, "after_cursor_execute")
    def _ended(*sent: Any) -> None:
        if traces.is_on() and (began := getattr(sent[4], "traced_since", None)) is not None:
            traces.note_statement(sent[2], began=began, system=engine.dialect.name)


def _use_wal(cursor: sqlite3.Cursor) -> None:
    """Write-ahead logging; changing to it needs the file for oneself, and SQLite does not wait for that by itself."""
    give_up = time.monotonic() + 30
    while cursor.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.02)


def _json(value: object) -> str:
    return orjson.dumps(value).decode()


def _psycopg(url: str) -> str:
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url
