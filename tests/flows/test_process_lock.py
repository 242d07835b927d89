"""One long-lived process over one SQLite file, held by a lock that dies with its holder."""

from __future__ import annotations

import signal
import threading
from contextlib import closing

import pytest
from kill.children import child_at

from app.db import Database
from app.errors import Conflict
from app.process_lock import ProcessLock


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'data' / 'weiheng.db'}"


def test_a_second_process_is_refused_and_told_who_holds_the_lock(url):
    with child_at("hold_lock", url) as (child, pid), closing(Database(url)) as database:
        with pytest.raises(Conflict) as refused:
            database.lock.acquire()

        assert pid == str(child.pid)
        assert f"held by process {child.pid}:" in refused.value.detail
        assert "WEIHENG_DATABASE_URL" in refused.value.detail


def test_kill_9_of_the_holder_frees_the_lock(url):
    with child_at("hold_lock", url) as (child, _), closing(Database(url)) as database:
        with pytest.raises(Conflict):
            database.lock.acquire()

        child.send_signal(signal.SIGKILL)
        child.wait(10)

        database.lock.acquire()


def test_waiting_for_the_lock_gets_it_when_the_holder_leaves(url):
    with closing(Database(url)) as holder, closing(Database(url)) as waiting:
        holder.lock.acquire()
        threading.Timer(0.1, holder.lock.release).start()

        waiting.lock.acquire(wait_s=5)

        with pytest.raises(Conflict):
            holder.lock.acquire()


def test_closing_the_database_gives_the_lock_back(url):
    with closing(Database(url)) as first:
        first.lock.acquire()

    with closing(Database(url)) as second, closing(Database(url)) as third:
        second.lock.acquire()

        with pytest.raises(Conflict):
            third.lock.acquire()


def test_acquiring_twice_and_releasing_twice_is_harmless(tmp_path):
    lock, rival = ProcessLock(tmp_path / "lock"), ProcessLock(tmp_path / "lock")
    lock.acquire()
    lock.acquire()
    lock.release()
    lock.release()

    rival.acquire()
    with pytest.raises(Conflict):
        lock.acquire()
    rival.release()


def test_a_shorter_pid_leaves_nothing_of_the_longer_one_before_it(tmp_path):
    path = tmp_path / "lock"
    path.write_text("4194304999999\n")
    lock = ProcessLock(path)

    lock.acquire()

    assert path.read_text().strip().isdigit()
    assert len(path.read_text()) < 13
    lock.release()


def test_the_lock_file_is_readable_by_its_owner_only(tmp_path):
    lock = ProcessLock(tmp_path / "new" / "lock")
    lock.acquire()

    assert (tmp_path / "new" / "lock").stat().st_mode & 0o777 == 0o600
    lock.release()


def test_short_administrative_commands_may_write_beside_the_holder(url):
    with closing(Database(url)) as served, closing(Database(url)) as command:
        served.lock.acquire()

        assert command.write(lambda _session: "written") == "written"
