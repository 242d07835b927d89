"""The one way into the database: durable, isolated, never losing a write, refusing what must not happen."""

from __future__ import annotations

import random
import signal
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from factories import make_shop
from kill.children import child_at
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError

from app.db import Database
from app.models import ActiveSnapshot, Shop


def shop_ids(database):
    with database.read() as session:
        return set(session.scalars(select(Shop.id)))


def test_write_returns_the_result_of_its_work(database):
    assert database.write(lambda session: make_shop(session, "a").id) == "a"


def test_another_connection_sees_what_write_returned(database):
    database.write(lambda session: make_shop(session, "a"))

    with closing(Database(database.url)) as other:
        assert shop_ids(other) == {"a"}


def test_failing_unit_leaves_nothing_and_its_error_reaches_the_caller(database):
    def work(session):
        make_shop(session, "half")
        raise KeyError("on purpose")

    with pytest.raises(KeyError, match="on purpose"):
        database.write(work)

    assert shop_ids(database) == set()


def test_constraint_violation_reaches_its_caller_and_the_next_write_works(database):
    database.write(lambda session: make_shop(session, "a"))

    with pytest.raises(IntegrityError):
        database.write(lambda session: session.execute(text("INSERT INTO shop (id) VALUES ('a')")))

    database.write(lambda session: make_shop(session, "b"))
    assert shop_ids(database) == {"a", "b"}


def test_write_inside_write_is_refused(database):
    with pytest.raises(AssertionError, match="inside"):
        database.write(lambda _session: database.write(lambda session: make_shop(session, "a")))

    assert shop_ids(database) == set()


def test_read_session_refuses_a_write(database):
    with database.read() as session, pytest.raises(OperationalError if database.is_sqlite else Exception, match="read"):
        session.execute(text("INSERT INTO shop (id, org_id, name, created_at) VALUES ('a', 'o', 'n', '2026-11-23')"))

    assert shop_ids(database) == set()


def test_sixteen_threads_of_fifty_increments_lose_none(database):
    database.write(lambda session: session.add(ActiveSnapshot(kind="count", generation=0)))
    add_one = update(ActiveSnapshot).values(generation=ActiveSnapshot.generation + 1)

    def increment(_):
        for _ in range(50):
            database.write(lambda session: session.execute(add_one))

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(increment, range(16)))

    with database.read() as session:
        assert session.get(ActiveSnapshot, "count").generation == 16 * 50


def test_two_postgres_writers_that_deadlock_both_get_through(postgres_database):
    postgres_database.write(lambda session: [make_shop(session, "a"), make_shop(session, "b")])
    both_hold_one = threading.Barrier(2)
    tries = []

    def rename(first, second):
        def work(session):
            tries.append(first)
            session.execute(update(Shop).where(Shop.id == first).values(name=first + second))
            if tries.count(first) == 1:
                both_hold_one.wait(10)
            session.execute(update(Shop).where(Shop.id == second).values(name=first + second))

        postgres_database.write(work)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(rename, ["a", "b"], ["b", "a"]))

    assert len(tries) >= 3, "they never deadlocked, so this showed nothing"
    with postgres_database.read() as session:
        assert len(set(session.scalars(select(Shop.name)))) == 1


@pytest.mark.parametrize("round_", range(3))
def test_every_acknowledged_write_survives_kill_9(sqlite_database, round_):
    with child_at("write_shops", sqlite_database.url) as (child, first):
        acknowledged = {first, *(child.stdout.readline().strip() for _ in range(5))}
        time.sleep(random.Random(round_).uniform(0.02, 0.3))
        child.send_signal(signal.SIGKILL)
        rest = child.stdout.read().split("\n")
        assert child.wait(10) == -signal.SIGKILL

    acknowledged |= set(rest[:-1])  # after the last newline stands at most half an id

    assert len(acknowledged) >= 6
    assert acknowledged <= shop_ids(sqlite_database)
    with closing(sqlite3.connect(sqlite_database.url.removeprefix("sqlite:///"))) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    sqlite_database.write(lambda session: make_shop(session, "after-the-crash"))
