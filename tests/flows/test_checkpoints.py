"""Checkpoints beside the writer: the log does not grow for ever, nobody's commit does the work, nothing is lost."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

from factories import make_shop
from sqlalchemy import select, text

from app import traces
from app.db import Database
from app.models import Shop
from tests.peers import peer

LONG_NAME = "n" * 3_000


def log_pages(database):
    return Path(database.url.removeprefix("sqlite:///") + "-wal").stat().st_size // 4_120


def write_shops(database, first, count):
    for number in range(first, first + count):
        database.write(lambda session, n=number: make_shop(session, f"s-{n}", name=LONG_NAME))


def own(database):
    """A thread of checkpoints that does nothing until it is asked to."""
    database.checkpoint_beside()
    beside = database._checkpoints
    beside.tell_to_stop()
    beside.join()
    return beside


def test_a_commit_of_a_serving_process_does_not_checkpoint(sqlite_database):
    own(sqlite_database)

    write_shops(sqlite_database, 0, 500)

    assert log_pages(sqlite_database) > 1_000


def test_a_long_log_is_moved_and_begins_anew(sqlite_database):
    beside = own(sqlite_database)
    beside.long_pages = 200
    write_shops(sqlite_database, 0, 100)
    beside._follow()
    before = log_pages(sqlite_database)

    for round_ in range(1, 6):
        write_shops(sqlite_database, 100 * round_, 100)
        beside._follow()

    assert log_pages(sqlite_database) <= before + 10, "the log grew although everything in it was moved"


def test_where_somebody_traces_the_log_is_moved_too(sqlite_database):
    beside, file = own(sqlite_database), Path(sqlite_database.url.removeprefix("sqlite:///"))
    with peer((200, b"")) as receiver:
        assert traces.configure(f"{receiver.url}/v1/traces", sample_bp=0, service="test")
        try:
            write_shops(sqlite_database, 0, 50)
            before = file.stat().st_size
            beside._follow()
        finally:
            traces.stop()

    assert file.stat().st_size > before


def test_while_nothing_is_written_nothing_is_moved(sqlite_database):
    beside, file = own(sqlite_database), Path(sqlite_database.url.removeprefix("sqlite:///"))
    before = file.stat().st_mtime_ns
    write_shops(sqlite_database, 0, 1)

    changed = []
    for _ in range(3):
        beside._follow()
        changed.append(file.stat().st_mtime_ns)

    assert changed[0] > before
    assert len(set(changed)) == 1


def test_callers_that_write_during_checkpoints_lose_nothing(sqlite_database):
    beside, done = own(sqlite_database), threading.Event()
    beside.long_pages = 1

    def follow():
        while not done.is_set():
            beside._follow()

    follower = threading.Thread(target=follow)
    follower.start()
    writers = [threading.Thread(target=write_shops, args=(sqlite_database, 100 * n, 40)) for n in range(4)]
    for each in writers:
        each.start()
    for each in writers:
        each.join(30)
    done.set()
    follower.join(10)

    with sqlite_database.read() as session:
        assert len(set(session.scalars(select(Shop.id)))) == 160


def test_after_closing_everything_stands_in_the_file(tmp_path):
    with closing(Database(f"sqlite:///{tmp_path / 'd.db'}")) as database:
        database.write(lambda session: session.execute(text("CREATE TABLE t (a)")))
        database.checkpoint_beside()
        for _ in range(20):
            database.write(lambda session: session.execute(text("INSERT INTO t VALUES (1)")))

    assert not (tmp_path / "d.db-wal").exists()
    with closing(sqlite3.connect(tmp_path / "d.db")) as connection:
        assert connection.execute("SELECT count(*) FROM t").fetchone() == (20,)


def test_postgresql_has_checkpoints_of_its_own(postgres_database):
    postgres_database.checkpoint_beside()

    assert postgres_database._checkpoints is None
