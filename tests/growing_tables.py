"""Lifting the triggers that let nothing be taken out of audit log and ledger, as only the tables' owner can."""

from __future__ import annotations

from contextlib import contextmanager

from psycopg import sql

_GUARDED = "SELECT DISTINCT relname FROM pg_trigger JOIN pg_class ON tgrelid = pg_class.oid WHERE NOT tgisinternal"


@contextmanager
def growing_tables_free(connection):
    """Let rows of tables that only grow be changed on PostgreSQL until the end of the block."""
    tables = [sql.Identifier(name) for (name,) in connection.execute(_GUARDED)]
    for state in ("DISABLE", "ENABLE"):
        for table in tables:
            connection.execute(sql.SQL(f"ALTER TABLE {{}} {state} TRIGGER USER").format(table))
        if state == "DISABLE":
            yield
