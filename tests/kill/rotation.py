"""A nursery of children that rotate keys and are killed: it is warmed up once and forks a child for each order.

Starting an interpreter takes a thousand times as long as a batch; a fork does not, so fifty real SIGKILLs at random
points are cheap. The nursery itself opens no database and runs no thread.
"""

from __future__ import annotations

import os
import sys
from contextlib import closing
from datetime import datetime

from app.db import Database
from app.vault import rotation
from app.vault.data_keys import DataKeys
from app.vault.key_source import LocalKeys
from app.vault.keyring import Keyring
from app.vault.people import People

KEKS = {1: b"\1" * 32, 2: b"\2" * 32}
BATCH = 3


def keyring(*versions):
    return Keyring(LocalKeys({each: KEKS[each] for each in versions}), b"a" * 32, b"s" * 32, b"c" * 32)


def rotate_all(url, now):
    """Rotate in tiny batches until nothing is left; says a dot after each batch."""
    people = People(keyring(1, 2))
    with closing(Database(url)) as database:
        while database.write(lambda session: one_batch(session, people, now)):
            print(".", end="", flush=True)  # noqa: T201 - how the test hears of it


def one_batch(session, people, now):
    keys: DataKeys = people.keys
    if rotation.rewrap_some(session, keys, limit=BATCH) < BATCH:
        rotation.renew_some(session, people, limit=BATCH, now=now)
    return rotation.left(session, keys).total


def main(url, now):
    print("ready", flush=True)  # noqa: T201
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            rotate_all(url, datetime.fromisoformat(now))
            os._exit(0)
        print(child, flush=True)  # noqa: T201
        os.waitpid(child, 0)
        print("\nover", flush=True)  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
