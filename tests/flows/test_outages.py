"""What is in the way of a write is told apart, and a full disk uses up no job's attempts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, text
from sqlalchemy.exc import DBAPIError

from app import queue
from app.jobs.work import WORK
from app.jobs.worker import Worker
from app.models import QueueRow
from app.outages import Outage, concerns_all, outage_of
from tests.service import START, make_service


def failing(database, statement):
    with database.engine.connect() as connection, pytest.raises(DBAPIError) as failed:
        connection.execute(text(statement))
    return failed.value


@pytest.mark.parametrize(
    ("state", "outage", "for_all"),
    [
        ("53100", Outage.FULL, True),
        ("25006", Outage.READ_ONLY, True),
        ("57014", Outage.AWAY, False),  # a statement that took too long may be slow by itself
        ("55P03", Outage.AWAY, False),
        ("22012", None, False),
        ("XX000", None, False),  # an internal error that is not from where files are written
    ],
)
def test_what_postgresql_says_is_told_apart(postgres_database, state, outage, for_all):
    error = failing(postgres_database, f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{state}'; END $$")

    assert (outage_of(error), concerns_all(error)) == (outage, for_all)


def test_a_server_that_is_gone_is_away_and_no_other_error_is_the_databases(postgres_database):
    error = failing(postgres_database, "SELECT pg_terminate_backend(pg_backend_pid())")

    assert (outage_of(error), concerns_all(error)) == (Outage.AWAY, True)
    assert outage_of(ValueError("no")) is None


def test_a_server_that_is_told_to_take_no_writes_is_heeded_after_reads_too(postgres_database):
    add = {"kind": "k", "payload": {}, "due_at": START, "now": START}
    with postgres_database.glance() as connection:
        connection.execute(text("SET default_transaction_read_only = on"))
    with postgres_database.read() as session:
        session.execute(text("SELECT 1"))

    with pytest.raises(DBAPIError) as refused:
        postgres_database.write(lambda session: queue.add(session, **add))

    assert outage_of(refused.value) is Outage.READ_ONLY
    assert postgres_database.refusals.fresh() is Outage.READ_ONLY


def test_a_file_that_may_only_be_read_is_told_too(sqlite_database):
    with sqlite_database.read() as session, pytest.raises(DBAPIError) as refused:
        session.execute(text("DELETE FROM shop"))

    assert outage_of(refused.value) is Outage.READ_ONLY


@pytest.fixture
def disk(database):
    """A disk that ``is_full`` or not: SQLite has reached its last page, PostgreSQL is refused by its own error."""

    class Disk:
        is_full = False

        def fill(self):
            self.is_full = True
            self._limit(0)

        def make_room(self):
            self.is_full = False
            self._limit(1_000_000)

        def needs_room(self, session):
            if not database.is_sqlite and self.is_full:
                session.execute(text("DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = 'disk_full'; END $$"))
            later = START + timedelta(days=1)
            queue.add(session, kind="large", payload={"of": "x" * 100_000}, due_at=later, now=START)

        def _limit(self, pages):
            if database.is_sqlite:
                limit = lambda session: session.execute(text(f"PRAGMA max_page_count = {pages or 1}"))  # noqa: E731
                database.write(limit)

    return Disk()


def test_a_full_disk_uses_up_no_attempt_and_the_job_is_done_when_there_is_room(database, disk, tmp_path, monkeypatch):
    service = make_service(database, tmp_path)
    parts, tried = service.parts, []

    def work(parts, claim, now):
        tried.append(claim.attempt)
        parts.db.write(disk.needs_room)
        parts.db.write(lambda session: queue.finish(session, claim, now=now))

    monkeypatch.setitem(WORK, "needs_room", work)
    worker = Worker(parts)
    worker.work_due()
    parts.db.write(lambda session: session.execute(delete(QueueRow)))  # the chores have been had
    row_id = parts.db.write(
        lambda session: queue.add(session, kind="needs_room", payload={}, due_at=START, now=START, max_attempts=2)
    )
    disk.fill()
    for _ in range(4):
        with pytest.raises(DBAPIError):
            worker.work_due()
    disk.make_room()
    worker.work_due()

    with parts.db.read() as session:
        row = session.get(QueueRow, row_id)
    assert (row.state, row.attempts, set(tried), len(tried)) == ("done", 1, {1}, 5)
    assert parts.db.refusals.fresh() is Outage.FULL
