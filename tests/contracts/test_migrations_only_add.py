"""A migration only adds, so that processes of the version before go on working beside the newer database.

Every migration since 0020 is applied alone; what the version before reads must still be there, and what it writes must
still be taken: its INSERTs, made from the tables as they were before, run against the tables as they are after.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass

import pytest
from alembic.script import ScriptDirectory

from app import migrate
from app.db import Database

FIRST = "0020"
CHANGED_ON_PURPOSE = {"0025": {"feed: its key is another"}}
"""The key got a column more, with a default: the version before writes, and finds again, one row a shop."""

_COLUMNS = """
SELECT m.name, c.name, c.type, c."notnull", c.dflt_value, c.pk FROM sqlite_master m JOIN pragma_table_info(m.name) c
WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name <> 'alembic_version'"""
_UNIQUE = """
SELECT m.name, group_concat(c.name)
FROM sqlite_master m JOIN pragma_index_list(m.name) i JOIN pragma_index_info(i.name) c
WHERE m.type = 'table' AND i."unique" AND i.origin <> 'pk' GROUP BY m.name, i.name"""
_FOREIGN = """
SELECT m.name, f."from", f."table" FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'"""


@dataclass(frozen=True)
class Column:
    type: str
    is_required: bool
    has_default: bool
    is_key: bool

    @property
    def length(self):
        found = re.search(r"\((\d+)\)", self.type)
        return int(found[1]) if found else 10**9


@dataclass(frozen=True)
class Shape:
    """Every table as the database itself describes it."""

    tables: dict[str, dict[str, Column]]
    unique: set[tuple[str, frozenset[str]]]
    foreign: set[tuple[str, str, str]]


def shape_of(path):
    tables = {}
    with closing(sqlite3.connect(path)) as connection:
        for table, name, type_, is_required, default, key in connection.execute(_COLUMNS):
            tables.setdefault(table, {})[name] = Column(type_, bool(is_required), default is not None, bool(key))
        unique = {(table, frozenset(columns.split(","))) for table, columns in connection.execute(_UNIQUE)}
        return Shape(tables, unique, set(connection.execute(_FOREIGN)))


def taken_away(before, after):
    """What the version before could do and cannot do any more, one sentence each."""
    found = set()
    for table, columns in before.tables.items():
        new = after.tables.get(table)
        if new is None:
            found.add(f"{table}: is gone")
            continue
        found |= {f"{table}.{name}: {why}" for name, column in columns.items() for why in worse(column, new.get(name))}
        found |= {
            f"{table}.{name}: is required and has no default"
            for name, column in new.items()
            if name not in columns and column.is_required and not column.has_default
        }
        if {name for name in columns if columns[name].is_key} != {name for name in new if new[name].is_key}:
            found.add(f"{table}: its key is another")
    for table, columns in after.unique - before.unique:
        if columns <= set(before.tables.get(table, ())):
            found.add(f"{table}: {', '.join(sorted(columns))} must now be unique")
    for table, column, other in after.foreign - before.foreign:
        if column in before.tables.get(table, ()):
            found.add(f"{table}.{column}: must now be in {other}")
    return found


def worse(column, new):
    if new is None:
        return ["is gone"]
    told = []
    if new.is_required and not column.is_required:
        told.append("may not be empty any more")
    if new.length < column.length:
        told.append("is shorter")
    if new.type.partition("(")[0] != column.type.partition("(")[0]:
        told.append("is of another type")
    return told


def refused(path, tables):
    """The tables that do not take a row with these columns; nothing of it is kept."""
    told = set()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN")
        for table, columns in tables.items():
            values = [1 if column.type.startswith(("INT", "BIGINT", "BOOL")) else "1" for column in columns.values()]
            names = ", ".join(f'"{name}"' for name in columns)
            try:
                connection.execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(values))})", values)
            except sqlite3.IntegrityError:
                told.add(table)
    return told


def test_no_migration_takes_anything_from_the_version_before(tmp_path):
    path = tmp_path / "one.db"
    steps = [each for each in ScriptDirectory.from_config(migrate._config()).walk_revisions() if each.revision >= FIRST]
    found, not_taken = {}, {}

    with closing(Database(f"sqlite:///{path}")) as database:
        migrate.upgrade(database, steps[-1].down_revision)
        before = shape_of(path)
        for step in reversed(steps):
            wrong_already = refused(path, before.tables)  # what made-up values break in any version
            migrate.upgrade(database, step.revision)
            after = shape_of(path)
            found[step.revision] = taken_away(before, after) - CHANGED_ON_PURPOSE.get(step.revision, set())
            not_taken[step.revision] = refused(path, before.tables) - wrong_already
            assert len(wrong_already) < len(before.tables) / 10
            before = after

    assert {revision: told for revision, told in found.items() if told} == {}
    assert {revision: told for revision, told in not_taken.items() if told} == {}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("DROP TABLE word", {"word: is gone"}),
        ("ALTER TABLE word DROP COLUMN spare", {"word.spare: is gone"}),
        ("CREATE UNIQUE INDEX only_one ON word (spare)", {"word: spare must now be unique"}),
        (
            """DROP TABLE word;
            CREATE TABLE word (id INTEGER, spare VARCHAR(4) NOT NULL, more TEXT NOT NULL, PRIMARY KEY (id, more))""",
            {
                "word: its key is another",
                "word.spare: may not be empty any more",
                "word.spare: is shorter",
                "word.more: is required and has no default",
            },
        ),
        (
            "DROP TABLE word; CREATE TABLE word (id INTEGER PRIMARY KEY, spare INTEGER REFERENCES shop)",
            {"word.spare: is of another type", "word.spare: must now be in shop"},
        ),
        (
            """ALTER TABLE word ADD COLUMN more TEXT NOT NULL DEFAULT '';
            ALTER TABLE word ADD COLUMN free TEXT;
            CREATE UNIQUE INDEX both ON word (more, free);
            CREATE TABLE shop (id INTEGER PRIMARY KEY)""",
            set(),
        ),
    ],
)
def test_what_is_taken_away_is_seen_and_what_is_added_is_not(tmp_path, change, told):
    path = tmp_path / "one.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE word (id INTEGER PRIMARY KEY, spare VARCHAR(8))")
        before = shape_of(path)
        connection.executescript(change)

    assert taken_away(before, shape_of(path)) == told


def test_an_insert_of_the_version_before_that_fails_is_seen(tmp_path):
    path = tmp_path / "one.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "CREATE TABLE word (id INTEGER PRIMARY KEY); CREATE TABLE kept (id INTEGER PRIMARY KEY)"
        )
        before = shape_of(path)
        connection.executescript("DROP TABLE word; CREATE TABLE word (id INTEGER PRIMARY KEY, more TEXT NOT NULL)")

    assert refused(path, before.tables) == {"word"}
