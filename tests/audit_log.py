"""What the tests of the audit log share: an honest log, somebody who owns the database, both verifiers."""

from __future__ import annotations

import importlib.util
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text

from app import audit
from app.audit import exporting, sealing
from app.audit.note import Signer
from app.db import Database
from app.flows.seal_audit import keys_of, open_outside, seal_audit, seal_rows
from app.flows.verify_audit import verify_audit
from tests.growing_tables import growing_tables_free

SIZES = (7, 20, 25)
STRANGER = Signer("weiheng/audit", Ed25519PrivateKey.from_private_bytes(b"\3" * 32))


def act(parts, count, *, first=0, actor="officer:lin"):
    """Write audit rows, each in a transaction of its own."""
    for number in range(first, first + count):
        at = parts.now() + timedelta(microseconds=number)
        details = {"outcome": "block", "number": number, "说明": "绝对化用语"}
        more = {"object_type": "case", "object_id": f"case-{number}", "shop_id": "shop-1", "reason": "理由 😀"}
        parts.db.write(
            lambda session, at=at, details=details, more=more: audit.record(
                session, actor=actor, action="case.decide", details=details, now=at, **more
            )
        )


def honest_log(parts, sizes=SIZES):
    """A log that was sealed when it had so many rows."""
    done = 0
    for size in sizes:
        act(parts, size - done, first=done)
        seal_audit(parts, now=parts.now())
        done = size


@contextmanager
def owner(database):
    """Run SQL as whoever owns the database: triggers lifted and put back, no trace left."""
    if not database.is_sqlite:
        with psycopg.connect(database.url, autocommit=True) as connection, growing_tables_free(connection):
            yield connection.execute
        return
    with closing(Database(database.url)) as own, own.migrating() as connection:
        kept = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
        for name, _ in kept:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        yield connection.exec_driver_sql
        for _, sql in kept:
            connection.exec_driver_sql(sql)


def begin_again(parts, signer, *, size):
    """Build a whole new log over the rows as they stand now, signed by ``signer`` at this size."""
    with owner(parts.db) as sql:
        for table in ("audit_leaf", "audit_node", "audit_checkpoint", "audit_pending"):
            sql(f"DELETE FROM {table}")
        sql("INSERT INTO audit_pending (row_id) SELECT id FROM audit_row")

    def sign():
        parts.db.write(lambda session: sealing.add_checkpoint(session, signer, now=parts.now()))

    seal_rows(parts.db, now=parts.now(), limit=size, pause=sign)


def found_by_us(parts):
    """What our own verifier finds, without repeats, in order."""
    return list(dict.fromkeys(finding.what for finding in verify_audit(parts).findings))


def found_alone(parts, folder, *, outside=True, key=True):
    """The stand-alone verifier's exit code on an export of the log as it is now."""
    spec = importlib.util.spec_from_file_location("verify_audit", Path(__file__).parents[1] / "clients/verify_audit.py")
    alone = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(alone)
    where = folder / f"export-{len(list(folder.glob('export-*')))}"
    with parts.db.read() as session:
        exporting.export(session, where, keys_of(parts))
    own = ["--key", str(keys_of(parts)[0])] if key else []
    return alone.main([str(where), *own, *(["--outside", str(open_outside(parts).path)] if outside else [])])
