"""A worker's PostgreSQL database emptied before each test, at the price of the few rows that the last one left.

One connection stays open for it, on which the question which tables hold anything is planned once and not for each
test. Rows of small tables are deleted: TRUNCATE makes new files for a table and each of its indexes, which costs more
than the whole of a small test. Triggers and foreign keys are out of force meanwhile.
"""

from __future__ import annotations

import psycopg
from psycopg import sql

from app.models import Base
from tests.growing_tables import growing_tables_free

_SMALL_BYTES = 512 * 1024
_LOOK = " UNION ALL ".join(
    f"SELECT '{table.name}', pg_relation_size('{table.name}') WHERE EXISTS (SELECT 1 FROM \"{table.name}\")"
    for table in Base.metadata.sorted_tables
)


class Emptying:
    """Empties the database at ``url``; closed at the end."""

    def __init__(self, url):
        self._url = url
        self._connect()

    def __call__(self):
        try:
            self._empty()
        except psycopg.OperationalError:
            if not self._connection.broken:
                raise
            self.close()  # a test has ended every connection to the database
            self._connect()
            self._empty()

    def close(self):
        self._connection.close()

    def _connect(self):
        self._connection = psycopg.connect(self._url, autocommit=True, options="-c lock_timeout=10000")
        asked = self._connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        [self._may_delete] = asked.fetchone()

    def _empty(self):
        _empty(self._connection, deletes=self._may_delete)


def _empty(connection, *, deletes):
    used = connection.execute(_LOOK, prepare=True).fetchall()
    small = [sql.Identifier(name) for name, size in used if deletes and size <= _SMALL_BYTES]
    large = [sql.Identifier(name) for name, size in used if not deletes or size > _SMALL_BYTES]
    if small:
        with connection.transaction():
            connection.execute("SET LOCAL session_replication_role = replica")
            connection.execute(sql.SQL("; ").join(sql.SQL("DELETE FROM {}").format(table) for table in small))
    if large:  # the rows that refer to them are gone, or are in one of them
        with growing_tables_free(connection):
            connection.execute(sql.SQL("TRUNCATE {} CASCADE").format(sql.SQL(", ").join(large)))
