"""Reading many rows as columns, past the object mapper: a run over a large shop reads a million of them.

Instants come as the database keeps them, texts on SQLite and microseconds from PostgreSQL, and become instants a whole
column at a time. Rows are fetched a portion at a time, so that no more than one portion stands twice in memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

import polars as pl
from sqlalchemy import BigInteger, Select, String, cast, extract, text, type_coerce
from sqlalchemy.orm import Session

Statement: TypeAlias = Select[*tuple[Any, ...]]
INSTANT = pl.Datetime("us", "UTC")
_PORTION = 50_000


def read_columns(session: Session, wanted: Statement, schema: Mapping[str, Any]) -> pl.DataFrame:
    """The rows of a statement as a frame with the schema's columns, in their order."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    asked = [
        (_plain(column, is_sqlite=is_sqlite) if kind == INSTANT else column).label(name)
        for (name, kind), column in zip(schema.items(), wanted.selected_columns, strict=True)
    ]
    plain = pl.String if is_sqlite else pl.Int64
    fetched = {name: plain if kind == INSTANT else kind for name, kind in schema.items()}
    frames = [
        pl.DataFrame(rows, schema=fetched, orient="row")
        for rows in _portions(session, wanted.with_only_columns(*asked, maintain_column_froms=True))
    ]
    frame = pl.concat(frames) if frames else pl.DataFrame(schema=fetched)
    return frame.with_columns(_instant(name, is_text=is_sqlite) for name, kind in schema.items() if kind == INSTANT)


def unhurried(session: Session) -> None:
    """Let this transaction's statements take minutes: adding up a large shop may, where an answer to a call may not."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL statement_timeout = '10min'"))


def as_instant(at: datetime) -> pl.Expr:
    """An instant to compare a column of instants with."""
    return pl.lit(at).cast(INSTANT)


def _portions(session: Session, wanted: Statement) -> Iterator[Sequence[tuple[Any, ...]]]:
    """Rows as the driver gives them: every column asked for is a text or a whole number already."""
    with session.connection().execute(wanted) as found:
        assert found.cursor is not None, "a SELECT has a cursor"
        while rows := found.cursor.fetchmany(_PORTION):
            yield rows


def _plain(column: Any, *, is_sqlite: bool) -> Any:
    return type_coerce(column, String) if is_sqlite else cast(extract("epoch", column) * 1_000_000, BigInteger)


def _instant(name: str, *, is_text: bool) -> pl.Expr:
    column = pl.col(name)
    if is_text:
        return column.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us", time_zone="UTC")
    return column.cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
