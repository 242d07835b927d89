"""Statements that are asked all the time: compiled once for a database and handed to its driver as they are.

What SQLite looks up in 5 µs takes SQLAlchemy ten times as long to prepare, run and dress, so a screening with half a
dozen statements spent most of its time there. A statement is still written with SQLAlchemy, its types turn values both
ways as always, errors are SQLAlchemy's, and whoever traces sees it; only what is the same every time is done once.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Connection, Dialect, Select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import UpdateBase

from app import traces

_Turn: TypeAlias = Callable[[Any], Any] | None
_FEW = 12
LENT = "lent"


def connection_of(session: Session) -> Connection:
    """The session's connection; where its writer has lent it one, the session need not begin for that."""
    lent: Connection | None = session.info.get(LENT)
    return session.connection() if lent is None else lent


def settled(session: Session) -> Connection:
    """The same, with what the session holds written: a prepared statement does not ask for that."""
    if session.in_transaction():
        session.flush()
    return connection_of(session)


def one_by_one(connection: Connection, count: int) -> bool:
    """Whether so many things are better looked up each by itself: on SQLite, where a look is no round trip, a dozen."""
    return count <= (_FEW if connection.dialect.name == "sqlite" else 1)


def run(connection: Connection, sql: str) -> None:
    """A statement that is only ever the same."""
    _run(connection, sql, [()])


class Prepared:
    """One statement without lists: ``IN`` of many values is written anew each time, and does not belong here."""

    def __init__(self, statement: Select[Any] | UpdateBase, *, columns: Sequence[str] | None = None) -> None:
        """``columns`` are those an INSERT names; a row that lacks one of them has NULL there."""
        self._statement, self._columns = statement, columns
        self._made: dict[str, _Compiled] = {}

    def rows(self, connection: Connection, **values: Any) -> list[tuple[Any, ...]]:
        """What a SELECT finds."""
        made = self._for(connection)
        found = _fetch(connection, made.sql, made.parameters(values))
        return found if made.is_plain else [made.turned(row) for row in found]

    def first(self, connection: Connection, **values: Any) -> tuple[Any, ...] | None:
        """The first row of what a SELECT finds."""
        found = self.rows(connection, **values)
        return found[0] if found else None

    def run(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Do it once for each row of values."""
        made = self._for(connection)
        _run(connection, made.sql, [made.parameters(rows[0])] if len(rows) == 1 else made.many(rows))

    def _for(self, connection: Connection) -> _Compiled:
        dialect = connection.dialect
        made = self._made.get(dialect.name)
        if made is None:
            made = self._made[dialect.name] = _Compiled(self._statement, dialect, self._columns)
        return made


class _Compiled:
    """The statement as one database reads it, with what turns each value into the driver's and back."""

    def __init__(self, statement: Select[Any] | UpdateBase, dialect: Dialect, columns: Sequence[str] | None) -> None:
        compiled: Any = statement.compile(dialect=dialect, column_keys=columns)
        self.sql = str(compiled)
        given = {name: bind for bind, name in compiled.bind_names.items()}
        self._names = tuple(compiled.positiontup if compiled.positional else given)
        self._usual = {name: None if given[name].required else given[name].value for name in given}
        turns = [_bound(given[name], dialect) for name in self._names]
        self._turns = tuple((place, turn) for place, turn in enumerate(turns) if turn is not None)
        self._is_positional = bool(compiled.positional)
        self._results = tuple(_result(column, dialect) for column in getattr(statement, "selected_columns", ()))
        self.is_plain = not any(self._results)

    def parameters(self, values: Mapping[str, Any]) -> Any:
        """Values by name as the driver takes them; what is left out has its usual value, or NULL."""
        whole = {**self._usual, **values}
        found = [whole[name] for name in self._names]
        for place, turn in self._turns:
            found[place] = turn(found[place])
        return found if self._is_positional else dict(zip(self._names, found, strict=True))

    def many(self, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
        """Many rows as the driver takes them, column by column: rows of one unit of work share their instants."""
        columns = [[row.get(name, self._usual[name]) for row in rows] for name in self._names]
        for place, turn in self._turns:
            columns[place] = _column(columns[place], turn)
        if self._is_positional:
            return [list(row) for row in zip(*columns, strict=True)]
        return [dict(zip(self._names, row, strict=True)) for row in zip(*columns, strict=True)]

    def turned(self, row: Sequence[Any]) -> tuple[Any, ...]:
        """A row of the driver's with our values."""
        return tuple([value if turn is None else turn(value) for value, turn in zip(row, self._results, strict=True)])


def _column(values: list[Any], turn: Callable[[Any], Any]) -> list[Any]:
    """A column's values as the driver takes them; each instant is turned once."""
    known: dict[datetime | None, Any] = {}
    turned = []
    for value in values:
        if value is not None and not isinstance(value, datetime):
            turned.append(turn(value))
            continue
        if value not in known:
            known[value] = turn(value)
        turned.append(known[value])
    return turned


def _bound(bind: Any, dialect: Dialect) -> _Turn:
    turn: _Turn = bind.type.dialect_impl(dialect).bind_processor(dialect)
    return turn


def _result(column: Any, dialect: Dialect) -> _Turn:
    turn: _Turn = column.type.dialect_impl(dialect).result_processor(dialect, None)
    return turn


def _fetch(connection: Connection, sql: str, parameters: Any) -> list[tuple[Any, ...]]:
    if connection.dialect.name != "sqlite" or traces.is_on():
        return [tuple(row) for row in connection.exec_driver_sql(sql, _plain(parameters))]
    try:
        found: list[tuple[Any, ...]] = _driver(connection).execute(sql, parameters).fetchall()
    except sqlite3.Error as error:
        raise _ours(connection, sql, error) from error
    return found


def _run(connection: Connection, sql: str, rows: list[Any]) -> None:
    if connection.dialect.name != "sqlite" or traces.is_on():
        connection.exec_driver_sql(sql, [_plain(row) for row in rows])
        return
    driver = _driver(connection)
    try:
        if len(rows) == 1:
            driver.execute(sql, rows[0])
        else:
            driver.executemany(sql, rows)
    except sqlite3.Error as error:
        raise _ours(connection, sql, error) from error


def _driver(connection: Connection) -> Any:
    return connection.connection.dbapi_connection


def _plain(parameters: Any) -> Any:
    return tuple(parameters) if isinstance(parameters, list) else parameters


def _ours(connection: Connection, sql: str, error: sqlite3.Error) -> DBAPIError:
    """The driver's error as SQLAlchemy tells it; its parameters may be personal."""
    told: Any = DBAPIError.instance(
        sql, None, error, sqlite3.Error, hide_parameters=True, dialect=connection.dialect, ismulti=False
    )
    assert isinstance(told, DBAPIError), "a driver's error is wrapped as one"
    return told
