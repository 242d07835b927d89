"""Checkpoints beside the writer: what stands in SQLite's write-ahead log is moved into the file while others write.

By itself SQLite does this in the commit that fills the log's thousandth page, so some callers a second waited for a
thousand pages and two more fsyncs. Here a thread of its own moves pages on a connection of its own, which hinders no
writer. Only what came meanwhile is moved while nobody writes, so that the log begins anew instead of growing for ever.
"""

from __future__ import annotations

import sqlite3
from typing import Any

import structlog
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from app.group_writer import GroupWriter
from app.loop import Loop

EVERY_S = 0.5
LONG_PAGES = 2_000
"""A log that holds so many pages, moved or not, is made to begin anew."""
_log = structlog.get_logger(__name__)


class Checkpoints(Loop):
    """The thread; it looks at ``writer`` for whether there is anything new, and keeps it waiting at the end."""

    def __init__(self, engine: Engine, writer: GroupWriter) -> None:
        super().__init__("db-checkpoints", self._follow)
        self._engine, self.writer, self.long_pages = engine, writer, LONG_PAGES
        self._seen = 0

    def stop(self, *, within_s: float = 30) -> None:
        """Finish the checkpoint at hand, then end."""
        super().stop(within_s=within_s)
        self._engine.dispose()

    def _follow(self) -> float:
        count = self.writer.written
        if count != self._seen:
            self._seen = count
            try:
                self._move()
            except (SQLAlchemyError, sqlite3.Error) as error:  # the writer's own checkpoint comes all the same, later
                _log.warning("checkpoint_failed", error=type(error).__name__)
        return EVERY_S

    def _move(self) -> None:
        with self._engine.connect() as connection:
            if checkpoint(connection) >= self.long_pages:
                with self.writer.nobody_writes():
                    checkpoint(connection)


def checkpoint(connection: Connection) -> int:
    """Move what no reader stands in the way of; returns how many pages the log holds, moved or not.

    Asked of the driver itself: SQLAlchemy would begin a transaction where somebody traces, and in one nothing is moved.
    """
    driver: Any = connection.connection.dbapi_connection
    return int(driver.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()[1])
