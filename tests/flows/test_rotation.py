"""Both levels of keys change while the service serves: every value opens throughout, and nothing is left over."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from factories import make_content, make_screening
from kill.rotation import keyring, one_batch
from sqlalchemy import func, select, update

from app.models import DataKey, KeyRotation, PersonField, Screening
from app.values.access import Caller
from app.vault import rotation, store
from app.vault.blind_index import INDEX_PERSON
from app.vault.crypto import SealBroken, generation_of
from app.vault.people import People
from app.vault.sealed_rows import is_under

KILLS = 50
TESTS = Path(__file__).parent.parent
EVERYWHERE = Caller("k", "key:k", frozenset({"people"}), None)


def put_people(database, people, count, *, now):
    """Persons with fields, and authors with sealed screenings; returns what has to open for ever."""

    def work(session):
        for number in range(count):
            values = {"phone": f"1380013{number:04d}", "name": f"测试{number}"}
            store.put_fields(session, people, f"buyer:{number}", values, shop_id=None, now=now)
        for number in range(count // 2):
            screening = make_screening(session, make_content(session), is_sealed=True, sealed_for=f"author:{number}")
            place = {"table": "screening", "row": screening.id}
            for column in ("request", "answer"):
                plain = f"{column} {number}".encode()
                sealed = people.seal(session, plain, person=f"author:{number}", column=column, now=now, **place)
                setattr(screening, column, sealed)

    database.write(work)
    return everything(database, people)


def everything(database, people):
    """Every sealed value in the clear."""
    with database.read() as session:
        fields = session.scalars(select(PersonField).order_by(PersonField.id)).all()
        opened = store.open_fields(session, people, fields)
        found = {(field.person_ref, field.name): value for field, value in zip(fields, opened, strict=True)}
        for row in session.scalars(select(Screening)):
            for column in ("request", "answer"):
                place = {"person": row.sealed_for, "table": "screening", "column": column, "row": row.id}
                found[row.id, column] = people.unseal(session, getattr(row, column), **place).decode()
    return found


def left(database, people):
    with database.read() as session:
        return rotation.left(session, people.keys)


def begin(database, now):
    database.write(lambda session: rotation.begin_renewal(session, by="test", now=now).id)


def run(database, people, now):
    while database.write(lambda session: one_batch(session, people, now)):
        pass


def find(database, people, phone):
    with database.read() as session:
        return [each.ref for each in store.search(session, people, "phone", phone, caller=EVERYWHERE, limit=10)]


def test_a_new_key_encryption_key_rewraps_every_key_and_no_value(database, now):
    before = put_people(database, People(keyring(1)), 8, now=now)
    with database.read() as session:
        sealed = session.scalars(select(PersonField.value).order_by(PersonField.id)).all()
    people = People(keyring(1, 2))
    assert left(database, people).to_rewrap == 8 + 4 + 1  # buyers, authors, the root of blind indexes

    run(database, people, now)

    assert left(database, people).total == 0
    with database.read() as session:
        assert session.scalars(select(PersonField.value).order_by(PersonField.id)).all() == sealed
        assert set(session.scalars(select(DataKey.kek_version))) == {2}
    assert everything(database, People(keyring(2))) == before


def test_renewing_persons_keys_seals_every_value_again_and_ends_every_old_key(database, now):
    people = People(keyring(1))
    before = put_people(database, people, 8, now=now)
    later = now + timedelta(days=1)
    begin(database, later)
    assert left(database, people).to_renew == 13

    run(database, people, later)

    assert left(database, people).total == 0
    assert everything(database, People(keyring(1))) == before
    with database.read() as session:
        assert {generation_of(value) for value in session.scalars(select(PersonField.value))} == {2}
        alive = select(DataKey.generation).where(DataKey.wrapped.is_not(None))
        assert set(session.scalars(alive)) == {2}
        shredded = select(func.count()).select_from(DataKey).where(DataKey.shredded_at.is_not(None))
        assert session.scalar(shredded) == 13
        assert session.scalars(select(KeyRotation.finished_at)).one() == later


def test_searching_finds_people_before_during_and_after_the_index_key_is_renewed(database, now):
    people = People(keyring(1))
    put_people(database, people, 12, now=now)
    later = now + timedelta(days=1)
    begin(database, later)

    seen = []
    while database.write(lambda session: one_batch(session, people, later)):
        seen.append(find(database, people, "138 0013 0007"))

    assert len(seen) > 5
    assert all(found == ["buyer:7"] for found in seen)
    assert find(database, people, "+86 138-0013-0007") == ["buyer:7"]
    with database.read() as session:
        assert set(session.scalars(select(PersonField.index_version))) == {2}


def test_a_value_moved_under_an_old_key_by_sql_is_not_taken_for_one_of_the_new_key(database, now):
    people = People(keyring(1))
    put_people(database, people, 2, now=now)
    with database.read() as session:
        old = session.scalars(select(PersonField.value).where(PersonField.person_ref == "buyer:0")).first()
    begin(database, now + timedelta(days=1))
    run(database, people, now + timedelta(days=1))

    assert is_under(old, 1)
    database.write(
        lambda session: session.execute(
            update(PersonField).where(PersonField.person_ref == "buyer:0", PersonField.name == "name").values(value=old)
        )
    )

    with pytest.raises(SealBroken, match="no longer exists"):
        everything(database, people)


def test_readers_and_writers_go_on_while_keys_are_renewed(database, now):
    people = People(keyring(1))
    put_people(database, people, 30, now=now)
    later, over, failed = now + timedelta(days=1), threading.Event(), []
    begin(database, later)

    def write_on(thread):
        number = 0
        while not over.is_set():
            ref, value = f"buyer:{number % 30}", f"{thread}-{number}"
            values = {"note": value, "phone": f"1380013{number % 30:04d}"}
            database.write(
                lambda session, ref=ref, values=values: (
                    store.put_fields(session, people, ref, values, shop_id=None, now=later).id
                )
            )
            number += 1

    def read_on():
        while not over.is_set():
            try:
                everything(database, people)
            except SealBroken as broken:
                failed.append(broken)

    threads = [threading.Thread(target=write_on, args=(n,)) for n in range(2)] + [threading.Thread(target=read_on)]
    for thread in threads:
        thread.start()
    run(database, people, later)
    over.set()
    for thread in threads:
        thread.join(30)

    assert failed == []
    assert len(everything(database, people)) >= 60
    assert left(database, people).total == 0


def test_two_rotations_at_once_end_as_one(database, now):
    people = People(keyring(1, 2))
    before = put_people(database, People(keyring(1)), 20, now=now)
    later = now + timedelta(days=1)
    begin(database, later)

    threads = [threading.Thread(target=run, args=(database, People(keyring(1, 2)), later)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert left(database, people).total == 0
    assert everything(database, people) == before


def test_killed_at_fifty_random_points_every_value_is_readable_and_the_counter_reaches_zero(database, now):
    before = put_people(database, People(keyring(1)), 40, now=now)
    people, chance, killed, now = People(keyring(1, 2)), random.Random(7), 0, now + timedelta(days=1)
    begin(database, now)
    nursery = subprocess.Popen(  # noqa: S603 - our own script
        [sys.executable, "-m", "kill.rotation", database.url, now.isoformat()],
        cwd=TESTS,
        env=os.environ | {"PYTHONPATH": f"{TESTS.parent}{os.pathsep}{TESTS}"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert nursery.stdout.readline() == "ready\n"
        while killed < KILLS:
            nursery.stdin.write("\n")
            nursery.stdin.flush()
            child = int(nursery.stdout.readline())
            time.sleep(chance.uniform(0.005, 0.06))
            os.kill(child, signal.SIGKILL)
            while nursery.stdout.readline() != "over\n":
                pass
            killed += 1
            assert everything(database, people) == before, f"after kill {killed}"
            if left(database, people).total == 0:  # so fast that it was done: once more from the beginning
                now += timedelta(seconds=1)
                begin(database, now)
    finally:
        nursery.stdin.close()
        nursery.kill()
        nursery.wait(10)
        nursery.stdout.close()

    run(database, people, now)

    assert left(database, people).total == 0
    assert everything(database, people) == before
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(DataKey).where(DataKey.person == INDEX_PERSON)) >= 2
