"""What the children do, and how a test starts one.

A child is a real process with a real database connection, because only a real SIGKILL shows what a crash leaves behind.
It prints a line when it has reached the point the test waits for. All of a test run's children are forked by one
nursery, which has imported what they need and opens no database: an interpreter that loads it takes some seconds.
"""

from __future__ import annotations

import atexit
import gc
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import orjson

_PROJECT = Path(__file__).resolve().parent.parent.parent
_FOREVER_S = 60
_ORDER_BYTES = 10_000


class Child:
    """A process that does ``what``; its standard output is a pipe, its errors are shown with the test's."""

    def __init__(self, what, url, *arguments):
        reading, writing = os.pipe()
        self.stdout = os.fdopen(reading, "r", encoding="utf-8")
        self._nursery, self._returned = _nursery(), None
        self._nursery.settimeout(_FOREVER_S)
        socket.send_fds(self._nursery, [orjson.dumps([what, url, *arguments])], [writing])
        os.close(writing)
        self.pid = orjson.loads(self._nursery.recv(_ORDER_BYTES))

    def send_signal(self, number):
        os.kill(self.pid, number)

    def kill(self):
        """Kill it where it has not been waited for: until then its number is nobody else's."""
        if self._returned is None:
            self.send_signal(signal.SIGKILL)

    def wait(self, within_s):
        """How it ended: the signal that ended it as a negative number."""
        if self._returned is None:
            self._nursery.settimeout(within_s)
            self._nursery.send(b"bury")
            self._returned = orjson.loads(self._nursery.recv(_ORDER_BYTES))
        return self._returned


@contextmanager
def child_at(what, url, *arguments):
    """A child that has printed its first line, as (process, line); killed and reaped at the end whatever happens."""
    child = Child(what, url, *arguments)
    try:
        yield child, child.stdout.readline().strip()
    finally:
        child.kill()
        child.wait(10)
        child.stdout.close()


@cache
def _nursery():
    """The socket of this process's nursery, which ends when the other end of it does."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    process = subprocess.Popen(  # noqa: S603 - our own script
        [sys.executable, "-m", "kill.children", str(theirs.fileno())],
        cwd=_PROJECT / "tests",
        env=os.environ | {"PYTHONPATH": f"{_PROJECT}{os.pathsep}{_PROJECT / 'tests'}"},
        pass_fds=[theirs.fileno()],
    )
    theirs.close()

    def end():
        ours.close()
        process.wait(10)

    atexit.register(end)
    return ours


def write_shops(database):
    """Write rows for ever, saying each id after ``write`` returned."""
    from factories import make_shop

    for number in range(1_000_000):
        shop_id = f"{os.getpid()}-{number}"
        database.write(lambda session, shop_id=shop_id: make_shop(session, shop_id))
        _say(shop_id)


def write_back_to_back(database):
    """Write rows for ever, each in a transaction that lasts for a while, the next right behind it."""
    from factories import make_shop

    def work(session, shop_id):
        make_shop(session, shop_id)
        time.sleep(0.05)

    for number in range(1_000_000):
        database.write(lambda session, shop_id=f"busy-{number}": work(session, shop_id))
        if number == 0:
            _say("busy")


def stand_in_line(database):
    """Be the next to write, and never write."""
    from app.write_line import WriteLine

    with WriteLine(Path(database.url.removeprefix("sqlite:///"))).first():
        _say("first")
        time.sleep(_FOREVER_S)


def hold_lock(database):
    """Take the process lock and keep it."""
    database.lock.acquire()
    _say(os.getpid())
    time.sleep(_FOREVER_S)


def claim_row(database, now):
    """Claim one row and never finish it."""
    from app import queue

    claims = database.write(
        lambda session: queue.claim(session, worker=f"child-{os.getpid()}", now=datetime.fromisoformat(now), limit=1)
    )
    _say(claims[0].id)
    time.sleep(_FOREVER_S)


def claim_uncommitted(database, now):
    """Claim one row and die before the claim is committed."""
    from app import queue

    def work(session):
        claims = queue.claim(session, worker="child", now=datetime.fromisoformat(now), lease=timedelta(hours=1))
        _say(claims[0].id)
        time.sleep(_FOREVER_S)

    database.write(work)


def stop_in_page(database, folder, now, page):
    """Work a backtest in pages of one portion up to ``page``, and stop in the midst of that one."""
    from dataclasses import replace
    from itertools import count

    from app import queue
    from app.flows.work_backtest import work_backtest
    from app.jobs.open_parts import build_parts
    from tests.service import make_settings

    at = datetime.fromisoformat(now)
    parts = replace(build_parts(make_settings(database, folder), now=lambda: at), db=database)

    def stop():
        if (seen := look()) > 0:
            _say(page)
            time.sleep(_FOREVER_S)
        return seen

    for number in range(int(page) + 1):
        [claim] = database.write(lambda session: queue.claim(session, worker="child", now=at, limit=1))
        is_last = number == int(page)
        look = count(0, 10).__next__
        work_backtest(parts, claim, now=at, clock=stop if is_last else look)


def stop_in_refresh(database, folder, sources, now, step):
    """Refresh the wordlists and stop at the beginning of a step of the source ``platform``."""
    import logging
    from dataclasses import replace

    import structlog

    from app.flows.refresh_wordlists import refresh_wordlists
    from app.jobs.open_parts import build_parts
    from tests.service import make_settings

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    at = datetime.fromisoformat(now)
    settings = make_settings(database, folder, wordlists_dir=f"{folder}/wordlists", wordlist_sources=sources)
    parts = replace(build_parts(settings, now=lambda: at), db=database)

    def said(name, source):
        if name == step and source in {"platform", ""}:
            _say(step)
            time.sleep(_FOREVER_S)

    refresh_wordlists(parts, by="child", said=said)


def _say(value):
    print(value, flush=True)  # noqa: T201 - how the test hears of it


def do(what, url, *arguments):
    from app.db import Database

    writing = (write_shops, write_back_to_back, stand_in_line, hold_lock)
    working = (claim_row, claim_uncommitted, stop_in_page, stop_in_refresh)
    deeds = {deed.__name__: deed for deed in (*writing, *working)}
    deeds[what](Database(url), *arguments)


def main(descriptor):
    """Fork a child for each order, which comes with the pipe it is to print into; say its number, and how it ended."""
    import app.flows.refresh_wordlists
    import app.flows.work_backtest
    import app.jobs.open_parts  # noqa: F401 - what the children need
    import tests.service  # noqa: F401

    gc.collect()
    gc.freeze()
    orders, child = socket.socket(fileno=int(descriptor)), 0
    while True:
        order, pipes, _, _ = socket.recv_fds(orders, _ORDER_BYTES, 1)
        if not order:
            return
        if not pipes:  # the one before is to be buried
            orders.send(orjson.dumps(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])))
            continue
        if (child := os.fork()) == 0:
            os.dup2(pipes[0], sys.stdout.fileno())
            orders.close()
            do(*orjson.loads(order))
            return
        os.close(pipes[0])
        orders.send(orjson.dumps(child))


if __name__ == "__main__":
    main(*sys.argv[1:])
