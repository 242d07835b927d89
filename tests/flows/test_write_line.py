"""Who waits to write to SQLite's file is not passed by, whoever else writes back to back in another process."""

from __future__ import annotations

import signal
import sqlite3
from contextlib import closing
from pathlib import Path

from factories import make_shop
from kill.children import child_at
from sqlalchemy import func, select

from app.models import Shop


def count_shops(database):
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Shop))


def passed_by(database, name):
    """How many transactions of others were written between our asking for a write and our having one."""
    before = count_shops(database)

    def work(session):
        make_shop(session, name)
        return session.scalar(select(func.count()).select_from(Shop)) - 1

    return database.write(work) - before


def test_beside_a_process_that_writes_back_to_back_a_write_waits_for_a_transaction_or_two(sqlite_database):
    with child_at("write_back_to_back", sqlite_database.url) as (_, said):
        waited = [passed_by(sqlite_database, f"mine-{number}") for number in range(7)]

    assert said == "busy"
    assert count_shops(sqlite_database) > 7, "the other wrote nothing, so this showed nothing"

    assert sum(waited) <= 3 * len(waited), waited


def test_whoever_is_killed_in_the_line_holds_up_nobody(sqlite_database):
    with child_at("stand_in_line", sqlite_database.url) as (child, said):
        child.send_signal(signal.SIGKILL)
        child.wait(10)

        assert said == "first"
        sqlite_database.write(lambda session: make_shop(session, "later"))

    assert count_shops(sqlite_database) == 1


def test_without_the_line_writing_goes_on(sqlite_database):
    sqlite_database.write(lambda session: make_shop(session, "with"))
    Path(sqlite_database.url.removeprefix("sqlite:///") + ".line").unlink()

    sqlite_database.write(lambda session: make_shop(session, "without"))

    assert count_shops(sqlite_database) == 2


def test_another_program_that_knows_no_line_still_keeps_two_from_writing(sqlite_database):
    path = sqlite_database.url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as other:
        seen = []

        def work(session):
            make_shop(session, "ours")
            try:
                other.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                seen.append(error.sqlite_errorname)

        sqlite_database.write(work)

    assert seen == ["SQLITE_BUSY"]
