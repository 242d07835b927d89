"""The database: does it answer, take writes and keep time, of which version and shape is it, are its tables guarded."""

from __future__ import annotations

import re
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session

from app import migrate
from app.db import Database
from app.flows.checkup.sqlite_file import check_file
from app.flows.parts import Parts
from app.outages import Outage, outage_of
from app.values.finding import Finding, fail, ok, warn

_OLDEST_POSTGRES = 150_000
_SKEW_WARN, _SKEW_FAIL = timedelta(seconds=2), timedelta(seconds=30)
_DEEDS = MappingProxyType({"DELETE": 8, "UPDATE": 16})  # bits of pg_trigger.tgtype
_NEEDS_PAGES = text(  # four megabytes that are no one's but this transaction's
    "CREATE TEMPORARY TABLE weiheng_needs_pages ON COMMIT DROP AS"
    " SELECT repeat(md5(n::text), 60) AS filler FROM generate_series(1, 2000) AS n"
)
_REMEDIES = MappingProxyType(
    {
        Outage.FULL: "make room on the server's disk (and find out what filled it: pg_wal, logs, a long transaction)",
        Outage.READ_ONLY: "see whether WEIHENG_DATABASE_URL still names the primary, and default_transaction_read_only",
    }
)
_ELSE = "see WEIHENG_DATABASE_URL, the server, and the network between"
_UNANSWERED = MappingProxyType(  # by SQLSTATE
    {
        "55P03": "find who holds the lock: SELECT pid, state, xact_start, query FROM pg_stat_activity"
        " ORDER BY xact_start LIMIT 5; end it by pg_terminate_backend(pid)",
        "57014": "see what the server is at (pg_stat_activity), its disk and its load; a statement may take 30 s",
        "53300": "raise max_connections, or lower WEIHENG_PROCESSES or WEIHENG_THREADS",
        "28P01": "mend user and password in WEIHENG_DATABASE_URL",
        "28000": "mend the user in WEIHENG_DATABASE_URL, or the server's pg_hba.conf",
        "3D000": "make the database, or mend its name in WEIHENG_DATABASE_URL: docs/how-to/run-with-postgresql.md",
        "57P03": "wait: it starts or recovers; its log says how far it is",
    }
)
_GUARD = re.compile(r"BEFORE\s+(UPDATE|DELETE)\s+ON\s+(\w+)", re.IGNORECASE)


def check_database(parts: Parts, *, now: datetime) -> Iterator[Finding]:
    """Everything about the database; the first line raises what the database raises when it does not answer."""
    if parts.db.is_sqlite:
        yield from check_file(Path(parts.db.url.removeprefix("sqlite:///")))
    with parts.db.read() as session:
        yield _version(parts.db, session)
        yield _journal(session) if parts.db.is_sqlite else _skew(session, now)
        if not parts.db.is_sqlite:
            yield _connections(parts, session)
    if not parts.db.is_sqlite:
        yield _room(parts.db)
    at, head = migrate.current(parts.db), migrate.head()
    if at == head:
        yield ok("migrations", f"at revision {at}, the newest")
        with parts.db.read() as session:
            yield _guards(parts.db, session)
    elif migrate.is_newer(at):
        told = f"at revision {at}, which a newer version made; this program knows {head}"
        yield warn("migrations", told, "finish the roll-out: this machine's program is the older one")
    else:
        yield fail("migrations", f"at revision {at}, this program needs {head}", "run `weiheng db upgrade`")


def unanswered(db: Database, error: SQLAlchemyError) -> Finding:
    """The database did not answer something, in its own words, and what to do."""
    orig = error.orig if isinstance(error, DBAPIError) else None
    words = (str(orig or "").strip() or type(error).__name__).splitlines()[0][:200]
    outage = outage_of(error)
    if outage is not None and outage.is_lasting and not db.is_sqlite:
        return fail("database", f"{outage.told}: {words}", _REMEDIES[outage])
    todo = _UNANSWERED.get(getattr(orig, "sqlstate", None) or "", _ELSE)
    return fail("database", f"does not answer: {words}", "see what is said of the file" if db.is_sqlite else todo)


def _version(db: Database, session: Session) -> Finding:
    if db.is_sqlite:
        return ok("database", f"SQLite {sqlite3.sqlite_version}")
    number = int(session.execute(text("SHOW server_version_num")).scalar_one())
    shown = session.execute(text("SHOW server_version")).scalar_one()
    if number < _OLDEST_POSTGRES:
        return fail("database", f"PostgreSQL {shown}", "upgrade the server to version 15 or later")
    return ok("database", f"PostgreSQL {shown}")


def _journal(session: Session) -> Finding:
    mode = session.execute(text("PRAGMA journal_mode")).scalar_one()
    if mode != "wal":
        todo = "put the data folder on a local disk: write-ahead logging needs shared memory, which network disks lack"
        return fail("journal", f"journal mode {mode}", todo)
    return ok("journal", "write-ahead logging")


def _skew(session: Session, now: datetime) -> Finding:
    there = session.execute(text("SELECT clock_timestamp()")).scalar_one().astimezone(UTC)
    skew = abs(there - now)
    told = f"this machine's clock and the database's differ by {skew.total_seconds():.1f} s"
    todo = "set both by NTP (chrony, systemd-timesyncd): deadlines, rates and signatures go by the clock"
    if skew > _SKEW_FAIL:
        return fail("clock", told, todo)
    return warn("clock", told, todo) if skew > _SKEW_WARN else ok("clock", told)


def _room(db: Database) -> Finding:
    """Whether the server takes a write that needs new pages; nothing of it stays. On SQLite the disk is ours to ask."""
    try:
        with db.engine.connect() as connection:
            connection.execute(_NEEDS_PAGES)
            connection.rollback()
    except DBAPIError as error:
        outage = outage_of(error)
        if outage is None or not outage.is_lasting:
            raise
        return fail("writes", outage.told, _REMEDIES[outage])
    return ok("writes", "the server takes writes, and has room for them")


def _connections(parts: Parts, session: Session) -> Finding:
    most = int(session.execute(text("SHOW max_connections")).scalar_one())
    needed = 2 * (parts.settings.threads + 4) * parts.settings.processes
    told = f"this machine's web processes open up to {needed} connections, the server allows {most} in all"
    if needed > most:
        return warn("connections", told, "raise max_connections, or lower WEIHENG_PROCESSES or WEIHENG_THREADS")
    return ok("connections", told)


def _guards(db: Database, session: Session) -> Finding:
    """Every table that only grows refuses to be changed: as many deeds as a fresh database refuses."""
    held = _held_on_sqlite(session) if db.is_sqlite else _held_on_postgres(session)
    missing = sorted(
        f"{table} ({deed})" for table, deeds in _expected().items() for deed in deeds - held.get(table, set())
    )
    if missing:
        todo = "find out who lifted them, then `weiheng audit verify`; restore them from migrations/versions"
        return fail("triggers", f"not guarded: {', '.join(missing)}", todo)
    return ok("triggers", f"{len(_expected())} tables only grow")


def _held_on_sqlite(session: Session) -> dict[str, set[str]]:
    return _read_guards(session.execute(text("SELECT sql FROM sqlite_master WHERE type = 'trigger'")).scalars())


def _held_on_postgres(session: Session) -> dict[str, set[str]]:
    rows = session.execute(
        text(
            "SELECT relname, tgtype FROM pg_trigger JOIN pg_class ON tgrelid = pg_class.oid "
            "WHERE NOT tgisinternal AND tgenabled <> 'D'"
        )
    )
    held: dict[str, set[str]] = {}
    for table, bits in rows:
        held.setdefault(table, set()).update(deed for deed, bit in _DEEDS.items() if bits & bit)
    return held


@cache
def _expected() -> Mapping[str, frozenset[str]]:
    """What a database refuses that was made by the shipped migrations alone."""
    with tempfile.TemporaryDirectory() as folder, closing(Database(f"sqlite:///{Path(folder) / 'fresh.db'}")) as fresh:
        migrate.upgrade(fresh)
        with fresh.read() as session:
            held = _held_on_sqlite(session)
    return MappingProxyType({table: frozenset(deeds) for table, deeds in held.items()})


def _read_guards(statements: Iterator[str]) -> dict[str, set[str]]:
    held: dict[str, set[str]] = {}
    for statement in statements:
        for deed, table in _GUARD.findall(statement.partition("BEGIN")[0]):
            held.setdefault(table, set()).add(deed.upper())
    return held
