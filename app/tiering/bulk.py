"""Writing many rows at once, past the object mapper: a first run over a million people adds a million.

PostgreSQL takes new rows by COPY and changed ones as arrays; SQLite takes both by one prepared statement. Instants are
written as the tables' column type writes them, a whole column at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl
from sqlalchemy import Connection, Table, insert
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session

_NULL = "\\N"


def add_rows(session: Session, table: Table, rows: pl.DataFrame) -> None:
    """Insert a frame whose columns are columns of the table."""
    if rows.is_empty():
        return
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        _run_each(connection, insert(table), rows)
        return
    driver: Any = connection.connection.driver_connection
    copied = f"COPY \"{table.name}\" ({_names(rows)}) FROM STDIN (FORMAT csv, NULL '{_NULL}')"
    with driver.cursor() as cursor, cursor.copy(copied) as copy:
        copy.write(_as_texts(rows, zone="+00").write_csv(include_header=False, null_value=_NULL).encode())


def put_rows(session: Session, table: Table, rows: pl.DataFrame, *, key: Sequence[str]) -> None:
    """The same where rows of the same key may be there already: these are replaced."""
    if rows.is_empty():
        return
    connection = session.connection()
    others = [name for name in rows.columns if name not in key]
    if connection.dialect.name == "sqlite":
        new = sqlite.insert(table)
        replaced = {name: new.excluded[name] for name in others}
        _run_each(connection, new.on_conflict_do_update(index_elements=list(key), set_=replaced), rows)
        return
    kinds = [table.c[name].type.compile(connection.dialect) for name in rows.columns]
    arrays = ", ".join(f"%s::{kind}[]" for kind in kinds)
    replaced_by = ", ".join(f'"{name}" = excluded."{name}"' for name in others)
    connection.exec_driver_sql(
        f'INSERT INTO "{table.name}" ({_names(rows)}) SELECT * FROM unnest({arrays}) '  # noqa: S608 - names of our columns
        f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {replaced_by}",
        tuple(column.to_list() for column in rows),
    )


def _run_each(connection: Connection, statement: Any, rows: pl.DataFrame) -> None:
    compiled = statement.compile(dialect=connection.dialect, column_keys=rows.columns)
    ordered = _as_texts(rows, zone="").select(compiled.positiontup or rows.columns)
    connection.exec_driver_sql(str(compiled), ordered.rows())


def _names(rows: pl.DataFrame) -> str:
    return ", ".join(f'"{name}"' for name in rows.columns)


def _as_texts(rows: pl.DataFrame, *, zone: str) -> pl.DataFrame:
    """Instants as SQLite keeps them, UTC without a zone and always with microseconds; or with the zone behind."""
    instants = [name for name, kind in rows.schema.items() if isinstance(kind, pl.Datetime)]
    return rows.with_columns(pl.col(name).dt.strftime(f"%Y-%m-%d %H:%M:%S%.6f{zone}") for name in instants)
