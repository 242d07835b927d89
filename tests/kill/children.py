"""What the children do, and how a test starts one.

A child is a real process with a real database connection, because only a real SIGKILL shows what a crash leaves behind.
It prints a line when it has reached the point the test waits for.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

_PROJECT = Path(__file__).resolve().parent.parent.parent
_FOREVER_S = 60


def start_child(what, url, *arguments):
    """Start a child doing ``what``; its standard output is a pipe, its errors are shown with the test's."""
    return subprocess.Popen(  # noqa: S603 - our own script
        [sys.executable, "-m", "kill.children", what, url, *arguments],
        cwd=_PROJECT / "tests",
        env=os.environ | {"PYTHONPATH": f"{_PROJECT}{os.pathsep}{_PROJECT / 'tests'}"},
        stdout=subprocess.PIPE,
        text=True,
    )


@contextmanager
def child_at(what, url, *arguments):
    """A child that has printed its first line, as (process, line); killed and reaped at the end whatever happens."""
    child = start_child(what, url, *arguments)
    try:
        yield child, child.stdout.readline().strip()
    finally:
        child.kill()
        child.wait(10)
        child.stdout.close()


def write_shops(database):
    """Write rows for ever, saying each id after ``write`` returned."""
    from factories import make_shop

    for number in range(1_000_000):
        shop_id = f"{os.getpid()}-{number}"
        database.write(lambda session, shop_id=shop_id: make_shop(session, shop_id))
        _say(shop_id)


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


def _say(value):
    print(value, flush=True)  # noqa: T201 - how the test hears of it


def main(what, url, *arguments):
    from app.db import Database

    deeds = {deed.__name__: deed for deed in (write_shops, hold_lock, claim_row, claim_uncommitted)}
    deeds[what](Database(url), *arguments)


if __name__ == "__main__":
    main(*sys.argv[1:])
