"""Sealing for people, in a real database: values stay with their person and row, and an erased person stays erased."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from factories import make_content, make_data_key, make_screening
from sqlalchemy import func, select, text, update

from app.errors import SettingsError
from app.models import DataKey, Screening
from app.vault.ciphers import Algorithm
from app.vault.crypto import SealBroken, generation_of
from app.vault.key_source import LocalKeys
from app.vault.keyring import Keyring
from app.vault.people import People, SealedValue

KEKS = {1: b"\1" * 32, 2: b"\2" * 32}
REST = {"api_keys": b"a" * 32, "sessions": b"s" * 32, "certificates": b"c" * 32}
KEYRING = Keyring(keks=LocalKeys({1: KEKS[1]}), **REST)
ROTATED = Keyring(keks=LocalKeys(KEKS), **REST)
_EACH = 2_100  # by 8 threads, 3 algorithms, and both ways
PLACE = {"table": "screening", "column": "request", "row": "r1"}


@pytest.fixture
def people():
    return People(KEYRING)


def seal(database, people, plain, now, *, person="p1", **place):
    return database.write(lambda session: people.seal(session, plain, person=person, now=now, **PLACE | place))


def unseal(database, people, sealed, *, person="p1", **place):
    with database.read() as session:
        return people.unseal(session, sealed, person=person, **PLACE | place)


def opened_keys(people):
    return [key._secret for key in people.keys._cache.values()]


def shred(database, person, now):
    erased = update(DataKey).where(DataKey.person == person).values(wrapped=None, shredded_at=now)
    database.write(lambda session: session.execute(erased))


def test_a_value_opens_for_its_person_in_another_process(database, people, now):
    sealed = seal(database, people, "手机 13800000000".encode(), now)

    assert unseal(database, people, sealed).decode() == "手机 13800000000"
    assert unseal(database, People(KEYRING), sealed).decode() == "手机 13800000000"


def test_nothing_of_the_value_or_of_the_keys_is_in_the_database(database, people, now):
    sealed = seal(database, people, b"13800000000", now)

    with database.read() as session:
        wrapped = session.scalars(select(DataKey.wrapped)).one()
    assert b"13800000000" not in sealed
    assert len(wrapped) == 12 + 32 + 16
    for key in opened_keys(people):
        assert key not in wrapped


def test_a_person_has_one_key_however_much_is_sealed_and_each_person_their_own(database, people, now):
    for number in range(6):
        seal(database, people, b"x", now, person=f"p{number % 2}", row=str(number))

    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(DataKey)) == 2
    assert len(set(opened_keys(people))) == 2


@pytest.mark.parametrize(
    "elsewhere", [{"person": "p2"}, {"table": "content"}, {"column": "answer"}, {"row": "r2"}], ids=str
)
def test_a_value_does_not_open_for_another_person_or_place(database, people, now, elsewhere):
    sealed = seal(database, people, b"x", now)
    seal(database, people, b"y", now, person="p2")

    with pytest.raises(SealBroken):
        unseal(database, people, sealed, **elsewhere)


def test_cipher_texts_swapped_between_two_rows_by_sql_do_not_open(database, people, now):
    def write_two(session):
        ids = []
        for plain in (b"mine", b"yours"):
            screening = make_screening(session, make_content(session), is_sealed=True, sealed_for="p1")
            place = PLACE | {"row": screening.id}
            screening.request = people.seal(session, plain, person="p1", now=now, **place)
            ids.append(screening.id)
        return ids

    one, two = database.write(write_two)

    def swap(session):
        requests = dict(session.execute(text("SELECT id, request FROM screening")).all())
        for mine, theirs in ((one, two), (two, one)):
            session.execute(
                text("UPDATE screening SET request = :r WHERE id = :id"), {"r": requests[theirs], "id": mine}
            )

    def read_request(row):
        with database.read() as session:
            return people.unseal(session, session.get(Screening, row).request, person="p1", **PLACE | {"row": row})

    assert [read_request(row) for row in (one, two)] == [b"mine", b"yours"]
    database.write(swap)
    for row in (one, two):
        with pytest.raises(SealBroken):
            read_request(row)
    database.write(swap)
    assert [read_request(row) for row in (one, two)] == [b"mine", b"yours"]


def test_an_erased_persons_value_does_not_open_even_with_a_warm_cache(database, people, now):
    sealed = seal(database, people, b"x", now)
    other = seal(database, people, b"y", now, person="p2")
    assert unseal(database, people, sealed) == b"x"

    shred(database, "p1", now)

    with pytest.raises(SealBroken, match="no longer exists"):
        unseal(database, people, sealed)
    assert unseal(database, people, other, person="p2") == b"y"


def test_erasing_is_seen_inside_a_session_that_has_already_opened_a_value(database, people, now):
    sealed = seal(database, people, b"x", now)

    with database.read() as session:
        assert people.unseal(session, sealed, person="p1", **PLACE) == b"x"
        session.rollback()
        shred(database, "p1", now)
        with pytest.raises(SealBroken):
            people.unseal(session, sealed, person="p1", **PLACE)


def test_a_person_who_comes_back_gets_a_new_key_and_the_old_value_stays_closed(database, people, now):
    old = seal(database, people, b"x", now)
    shred(database, "p1", now)

    new = seal(database, people, b"y", now)

    assert (generation_of(old), generation_of(new)) == (1, 2)
    assert unseal(database, people, new) == b"y"
    with pytest.raises(SealBroken):
        unseal(database, people, old)


def test_a_key_marked_shredded_does_not_open_even_if_its_wrapping_is_still_there(database, people, now):
    sealed = seal(database, people, b"x", now)
    database.write(lambda session: session.execute(update(DataKey).values(shredded_at=now)))

    with pytest.raises(SealBroken):
        unseal(database, people, sealed)


def test_a_wrapped_key_put_in_another_persons_row_does_not_open(database, people, now):
    sealed = seal(database, people, b"x", now)
    seal(database, people, b"y", now, person="p2")

    def give_p1_the_key_of_p2(session):
        stolen = session.scalar(select(DataKey.wrapped).where(DataKey.person == "p2"))
        session.execute(update(DataKey).where(DataKey.person == "p1").values(wrapped=stolen))

    database.write(give_p1_the_key_of_p2)

    for whoever in (people, People(KEYRING)):
        with pytest.raises(SealBroken):
            unseal(database, whoever, sealed)


def test_a_wrapping_that_opens_under_no_key_is_broken(database, people, now):
    database.write(make_data_key)

    with pytest.raises(SealBroken):
        seal(database, people, b"x", now, person="person-1")


def test_after_rotation_old_values_open_and_new_persons_use_the_newest_key(database, people, now):
    sealed = seal(database, people, b"old", now)
    rotated = People(ROTATED)

    seal(database, rotated, b"new", now, person="p2")

    assert unseal(database, rotated, sealed) == b"old"
    with database.read() as session:
        versions = dict(session.execute(select(DataKey.person, DataKey.kek_version)).all())
    assert versions == {"p1": 1, "p2": 2}


def test_without_its_key_encryption_key_a_value_does_not_open_and_the_version_is_named(database, now):
    sealed = seal(database, People(ROTATED), b"x", now)

    with pytest.raises(SealBroken, match="key-encryption key 2"):
        unseal(database, People(KEYRING), sealed)


@pytest.mark.parametrize("sealed", [b"", b"plain text that was never sealed at all", b"\1\1\0\1" + b"\0" * 28])
def test_what_was_never_sealed_is_broken_and_not_passed_through(database, people, sealed):
    with pytest.raises(SealBroken):
        unseal(database, people, sealed)


def test_the_first_value_of_a_person_sealed_by_many_at_once_makes_one_key(database, now):
    together = threading.Barrier(6)

    def seal_first(number):
        together.wait(10)
        return seal(database, People(KEYRING), b"%d" % number, now, row=str(number))

    with ThreadPoolExecutor(6) as processes:
        sealed = list(processes.map(seal_first, range(6)))

    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(DataKey)) == 1
    for number, value in enumerate(sealed):
        assert unseal(database, People(KEYRING), value, row=str(number)) == b"%d" % number


def test_eight_threads_with_many_persons_never_mix_them(database, people, now):
    persons = [f"person-{number}" for number in range(60)]
    sealed = {name: seal(database, people, name.encode(), now, person=name) for name in persons}
    fresh = People(KEYRING)

    def open_many(seed):
        order = persons * 3
        random.Random(seed).shuffle(order)
        return [name for name in order if unseal(database, fresh, sealed[name], person=name) != name.encode()]

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(open_many, range(8))) == [[]] * 8


@pytest.mark.parametrize("algorithm", list(Algorithm), ids=lambda each: each.name)
def test_no_wrong_key_under_eight_threads_in_a_hundred_thousand_seals_and_openings(sqlite_database, now, algorithm):
    people = People(KEYRING, algorithm=algorithm)
    persons = [f"person-{number}" for number in range(40)]
    for name in persons:
        seal(sqlite_database, people, b"x", now, person=name)
    with sqlite_database.read() as session:
        keys = {key.person: key for key in session.scalars(select(DataKey))}

    def seal_and_open(seed):
        order, wrong = random.Random(seed), 0
        for number in range(_EACH):
            name = order.choice(persons)
            plain = f"{name}/{number}".encode()
            sealed = people.seal_under(keys[name], plain, **PLACE)
            wrong += people.unseal_under(keys[name], SealedValue(sealed, name, **PLACE)) != plain
        return wrong

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(seal_and_open, range(8))) == 0
    assert 8 * _EACH * len(Algorithm) * 2 >= 100_000


def test_a_printed_people_shows_no_key(database, people, now):
    seal(database, people, b"x", now)

    shown = f"{people!r} {people}"
    for key in [*opened_keys(people), *KEKS.values()]:
        assert repr(key)[2:-1] not in shown


def test_keys_that_do_not_fit_the_database_are_told_at_the_start(database, now):
    with database.read() as session:
        People(Keyring(LocalKeys({1: b"a" * 32}), **REST)).check(session)
    sealed_with = People(Keyring(LocalKeys({1: b"a" * 32}), **REST))
    database.write(lambda session: sealed_with.seal(session, b"x", person="p", table="t", column="c", row="r", now=now))

    with database.read() as session:
        sealed_with.check(session)
        with pytest.raises(SettingsError) as refused:
            People(Keyring(LocalKeys({1: b"b" * 32}), **REST)).check(session)

    assert refused.value.problems[0].field == "WEIHENG_VAULT_KEYS"
