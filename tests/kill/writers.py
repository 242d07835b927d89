"""Many writers at once: one process that has imported everything, forked once for each, every one really killable.

Each writer says ``pid payment`` after every payment that was answered, and ``pid done`` at its end. Through ``events``
a writer takes portions of orders' events instead, all writers the same ones, each in an order of its own.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

_PROJECT = Path(__file__).resolve().parent.parent.parent


@contextmanager
def writers(through, url, *, how_many, payments):
    """The lines that writers say, as an iterator; all of them are gone at the end whatever happens."""
    parent = subprocess.Popen(  # noqa: S603 - our own script
        [sys.executable, "-m", "kill.writers", through, url, str(how_many), str(payments)],
        cwd=_PROJECT / "tests",
        env=os.environ | {"PYTHONPATH": f"{_PROJECT}{os.pathsep}{_PROJECT / 'tests'}"},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield map(str.split, parent.stdout)
    finally:
        os.killpg(parent.pid, signal.SIGKILL)
        parent.wait(10)
        parent.stdout.close()


def main(through, url, how_many, payments):
    from app.db import Database
    from kill import naive_fund, order_events
    from kill.payments import drawn, pay

    pays = {
        "fund": pay,
        "naive": lambda database, payment: naive_fund.pay(database, payment.id, payment.amount_fen),
        "events": order_events.take,
    }
    draws = order_events.drawn if through == "events" else drawn
    if through == "events":
        order_events.prepare()
    children, (starting, start) = [], os.pipe()
    for seed in range(int(how_many)):
        if (child := os.fork()) == 0:
            os.close(start)
            database = Database(url, pool_size=1)
            database.ping()
            os.read(starting, 1)  # returns when the last of those who could write has closed: all are there
            for payment in draws(seed, int(payments)):
                pays[through](database, payment)
                _say(payment.id)
            _say("done")
            os._exit(0)
        children.append(child)
    os.close(start)
    for child in children:
        os.waitpid(child, 0)


def _say(what):
    os.write(1, f"{os.getpid()} {what}\n".encode())


if __name__ == "__main__":
    main(*sys.argv[1:])
