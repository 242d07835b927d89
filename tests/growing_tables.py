"""Lifting the triggers that let nothing be taken out of the audit log and the ledger, as only the tables' owner can."""

from __future__ import annotations

from contextlib import contextmanager

from psycopg import sql

ONLY_GROW = (
    "audit_checkpoint",
    "audit_leaf",
    "audit_node",
    "audit_row",
    "claim",
    "claim_step",
    "ledger_account",
    "ledger_period",
    "posting",
)


@contextmanager
def growing_tables_free(connection):
    """Let rows of the audit log and the ledger be changed on PostgreSQL until the end of the block."""
    for state in ("DISABLE", "ENABLE"):
        for table in ONLY_GROW:
            connection.execute(sql.SQL(f"ALTER TABLE {{}} {state} TRIGGER USER").format(sql.Identifier(table)))
        if state == "DISABLE":
            yield
