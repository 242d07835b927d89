"""Lifting the triggers that let nothing be taken out of the audit log, as only the tables' owner can."""

from __future__ import annotations

from contextlib import contextmanager

from psycopg import sql


@contextmanager
def growing_tables_free(connection):
    """Let rows of the audit log be changed on PostgreSQL until the end of the block."""
    for state in ("DISABLE", "ENABLE"):
        for table in ("audit_row", "audit_leaf", "audit_node", "audit_checkpoint"):
            connection.execute(sql.SQL(f"ALTER TABLE {{}} {state} TRIGGER USER").format(sql.Identifier(table)))
        if state == "DISABLE":
            yield
