"""SQLite's file: can it be written now, and is it whole; both are asked of the file itself, and nothing is changed."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from app.values.finding import Finding, fail, ok
from app.write_line import WriteLine

_WAIT_S = 5.0
_LOOK_S = 20.0
_STEPS = 10_000


def check_file(path: Path) -> Iterator[Finding]:
    """Whether it takes a write within some seconds, and whether a look at its pages finds damage."""
    try:
        where = f"file:{quote(str(path))}?mode=rw"
        with closing(sqlite3.connect(where, uri=True, timeout=_WAIT_S, isolation_level=None)) as connection:
            yield _writes(connection, path)
            yield _whole(connection)
    except sqlite3.Error as error:
        yield fail("file", f"{path}: {error}", _put_back())


def _writes(connection: sqlite3.Connection, path: Path) -> Finding:
    try:
        with WriteLine(path).first():  # else a busy service would look like one that hangs
            connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
            todo = f"find out who: `fuser -v {path}`; often a `sqlite3` or a script that was left within a transaction"
            return fail("writes", f"another program has kept the file from being written for {_WAIT_S:g} s", todo)
        return fail(
            "writes", f"the file cannot be written: {error}", f"see who owns {path}, and how its disk is mounted"
        )
    return ok("writes", "the file takes writes")


def _whole(connection: sqlite3.Connection) -> Finding:
    give_up = time.monotonic() + _LOOK_S
    connection.set_progress_handler(lambda: time.monotonic() > give_up, _STEPS)
    try:
        found = [str(row[0]) for row in connection.execute("PRAGMA quick_check(3)")]
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
            raise
        return ok("file", f"no damage seen in {_LOOK_S:g} s; `PRAGMA quick_check` looks at the rest")
    finally:
        connection.set_progress_handler(None, 0)
    if found != ["ok"]:
        return fail("file", "damaged: " + "; ".join(found)[:300].replace("\n", " "), _put_back())
    return ok("file", "whole")


def _put_back() -> str:
    return (
        "stop the service, keep the file as it is, look at the disk, put the newest copy back: docs/how-to/back-up.md"
    )
