"""How fast does the vault seal and open, show a page of cases, and change its keys?

    .venv/bin/python bench/vault.py [--fields 20000] [--people 2000] [--url postgresql://…]

All figures are of this process's CPU time, so that a busy machine does not change them. Primitives run in memory on
100-byte values. The page opens 50 persons with 4 fields each from a database (SQLite unless the URL of an empty one is
given), with cold and with warm keys. Rotation moves every person's key (2 values each) in batches of 200 rows.
"""

from __future__ import annotations

import sys

sys.path.pop(0)  # this folder: http.py would hide the standard library's http
import os
import tempfile
import time
from argparse import ArgumentParser
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
VALUE = ("某省某市某区某路一百二十三号四单元五零六室，收件人测试甲" * 2).encode()[:100]


def rate(work, number):
    began = time.process_time()
    for each in range(number):
        work(each)
    return number / (time.process_time() - began)


def primitives(fields):
    from app.vault.blind_index import index_value
    from app.vault.ciphers import Algorithm
    from app.vault.crypto import PersonKey, Place, seal, unseal

    key, place = PersonKey(os.urandom(32)), Place("default", "person_field", "value", "r" * 36, "buyer:o-88", 1)
    print(f"{'100-byte field, key at hand':32} {'sealed/s':>10} {'opened/s':>10}  ratio")
    first = None
    for algorithm in Algorithm:
        sealed = seal(VALUE, key=key, place=place, algorithm=algorithm)
        sealing = rate(lambda _, a=algorithm: seal(VALUE, key=key, place=place, algorithm=a), fields)
        opening = rate(lambda _, s=sealed: unseal(s, key=key, place=place), fields)
        first = first or sealing
        print(f"{algorithm.name:32} {sealing:10,.0f} {opening:10,.0f}  {sealing / first:.2f}")
    indexed = rate(lambda n: index_value(VALUE, "phone", f"138{n:08}"), fields)
    print(f"{'blind index of a phone number':32} {indexed:10,.0f}")


def in_database(url, people_count):
    from app import migrate
    from app.db import Database
    from app.vault import rotation, store
    from app.vault.key_source import LocalKeys
    from app.vault.keyring import Keyring
    from app.vault.people import People

    keyring = Keyring(LocalKeys({1: b"\1" * 32}), b"a" * 32, b"s" * 32, b"c" * 32)
    people = People(keyring)
    names = ("phone", "name", "address", "wechat_id")
    with closing(Database(url)) as database:
        migrate.upgrade(database)

        def put(session, numbers):
            for number in numbers:
                values = {"phone": f"138{number:08}", "address": VALUE.decode("utf-8", "ignore")}
                if number < 50:
                    values |= {"name": "测试甲", "wechat_id": f"wx_{number}"}
                store.put_fields(session, people, f"buyer:{number}", values, shop_id=None, now=NOW)

        began = time.process_time()
        for start in range(0, people_count, 200):
            numbers = range(start, min(start + 200, people_count))
            database.write(lambda session, numbers=numbers: put(session, numbers))
        stored = people_count / (time.process_time() - began)
        print(f"\nstored in batches of 200: {stored:,.0f} persons/s (2 fields each)")

        def page(vault):
            with database.read() as session:
                fields = store.fields_of(session, [f"buyer:{number}" for number in range(50)])
                assert len(store.open_fields(session, vault, fields)) == 50 * len(names)

        began = time.process_time()
        page(People(keyring))
        cold = time.process_time() - began
        warm = 1 / rate(lambda _: page(people), 50)
        print(f"a page of 50 cases x 4 fields: {cold * 1e3:.1f} ms cold, {warm * 1e3:.1f} ms warm")

        rotated = People(Keyring(LocalKeys({1: b"\1" * 32, 2: b"\2" * 32}), b"a" * 32, b"s" * 32, b"c" * 32))
        began, keys = time.process_time(), 0
        while done := database.write(lambda session: rotation.rewrap_some(session, rotated.keys, limit=200)):
            keys += done
        print(f"rotation: {keys / (time.process_time() - began):,.0f} keys wrapped again/s")

        later = NOW + timedelta(days=1)
        database.write(lambda session: rotation.begin_renewal(session, by="bench", now=later).id)
        began = time.process_time()
        while database.write(lambda session: rotation.renew_some(session, rotated, limit=200, now=later)):
            pass
        renewed = keys / (time.process_time() - began)
        print(f"rotation: {renewed:,.0f} persons' keys replaced/s, their values sealed again")
        with database.read() as session:
            assert rotation.left(session, rotated.keys).total == 0


def main():
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fields", type=int, default=20_000)
    parser.add_argument("--people", type=int, default=2_000)
    parser.add_argument("--url")
    given = parser.parse_args()
    primitives(given.fields)
    with tempfile.TemporaryDirectory() as folder:
        in_database(given.url or f"sqlite:///{Path(folder) / 'vault.db'}", given.people)


if __name__ == "__main__":
    main()
