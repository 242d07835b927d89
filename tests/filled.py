"""What a set-up puts into an empty database, put back for every later test that begins with it.

Many tests of a file begin with the same shop, whose hundreds of events take longer to tell than the test itself. They
are told once a worker and kind of database; afterwards the rows alone come back, which takes some milliseconds, and the
test's own service finds them as it would after a restart.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
from psycopg import sql

from app.models import Base

_kept = {}


def filled_service(fill, database, make):
    """A service over what ``fill(service)`` has put into an empty database, and what ``fill`` returned.

    ``make()`` gives a service over ``database``, each time another one. ``fill`` is a function of a module: by it is
    known what was kept. It moves no clock, and leaves nothing but rows behind.
    """
    key = fill, database.engine.dialect.name
    if key not in _kept:
        made = make()
        told = fill(made)
        if (rows := _keep(database)) is None:
            return make(), told
        _kept[key] = rows, told
    else:
        _put_back(database, _kept[key][0])
    return make(), _kept[key][1]


def _keep(database):
    """The rows of every table; None where they could not be put back."""
    if database.is_sqlite:
        _copy(_path(database), aside := _aside(database))
        return aside.read_bytes()
    with psycopg.connect(database.url, autocommit=True) as connection:
        [may] = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
        if not may:
            return None
        tables = [table.name for table in Base.metadata.sorted_tables]
        return {name: rows for name in tables if len(rows := _copied_out(connection, name)) > _NOTHING}


def _put_back(database, kept):
    if database.is_sqlite:
        _aside(database).write_bytes(kept)
        _copy(_aside(database), _path(database))
        return
    with psycopg.connect(database.url) as connection:
        connection.execute("SET LOCAL session_replication_role = replica")  # what triggers added is among the rows
        for name, rows in kept.items():
            statement = sql.SQL("COPY {} FROM STDIN (FORMAT binary)").format(sql.Identifier(name))
            with connection.cursor().copy(statement) as copy:
                copy.write(rows)


_NOTHING = 21
"""Bytes of a table without rows: a head of 19 and an end of 2."""


def _copied_out(connection, name):
    statement = sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(sql.Identifier(name))
    with connection.cursor().copy(statement) as copy:
        return b"".join(copy)


def _copy(one, other):
    """Through SQLite, which does not mind who has the other file open."""
    with closing(sqlite3.connect(one)) as source, closing(sqlite3.connect(other)) as target:
        source.backup(target)


def _path(database):
    return Path(database.url.removeprefix("sqlite:///"))


def _aside(database):
    return _path(database).with_suffix(".kept")
