"""Officers' accounts: passwords that are checked slowly, and a lock-out that backs off."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from factories import make_officer
from sqlalchemy import func, select, text

from app import officers
from app.errors import Conflict, InvalidInput, Unauthenticated
from app.models import Officer
from app.values.access import Caller
from tests.surroundings import USUAL_DECOY, USUAL_HASHER

PASSWORD = "十二个字以上的口令就够了!!"


def create(database, now, **options):
    options = {
        "username": "lin",
        "display_name": "林",
        "password": PASSWORD,
        "roles": ["officer"],
        "shop_ids": None,
    } | options
    return database.write(lambda session: officers.create_officer(session, now=now, **options).id)


def officer(database, username="lin"):
    with database.read() as session:
        return officers.find_officer(session, username)


def fail(database, now, times=1):
    for _ in range(times):
        database.write(lambda session: officers.note_failure(officers.find_officer(session, "lin"), now=now))


def test_the_right_password_fits_and_every_other_does_not(database, now):
    create(database, now)

    found = officer(database)
    assert officers.password_fits(found, PASSWORD)
    for wrong in (PASSWORD[:-1], PASSWORD + " ", "", PASSWORD.upper() + "x"):
        assert not officers.password_fits(found, wrong)


def test_nobody_signs_in_without_an_account_not_even_with_the_decoys_password():
    assert not officers.password_fits(None, "nobody has this password")
    assert not officers.password_fits(None, PASSWORD)


def test_an_unknown_name_is_hashed_at_the_price_of_a_wrong_password():
    assert USUAL_HASHER.verify(USUAL_DECOY, "nobody has this password")
    assert not USUAL_HASHER.check_needs_rehash(USUAL_DECOY)


def test_an_account_with_a_broken_hash_lets_nobody_in(database):
    database.write(make_officer)

    assert not officers.password_fits(officer(database), "!")


def test_the_password_is_stored_as_argon2id_and_nothing_else(database, now, monkeypatch):
    monkeypatch.setattr(officers, "_HASHER", USUAL_HASHER)  # tests have it cheaper by themselves
    create(database, now)

    with database.read() as session:
        stored = session.execute(text("SELECT * FROM officer")).mappings().one()
    assert stored["password_hash"].startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert PASSWORD not in " ".join(str(value) for value in stored.values())


def test_every_wrong_detail_is_named_at_once(database, now):
    with pytest.raises(InvalidInput) as refused:
        create(database, now, username=" ", password="short", roles=["king", "officer"])

    assert [problem.field for problem in refused.value.problems] == ["roles", "password", "username"]
    with pytest.raises(InvalidInput):
        create(database, now, roles=[])
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Officer)) == 0


@pytest.mark.parametrize(("length", "is_taken"), [(11, False), (12, True)])
def test_a_password_needs_twelve_characters(database, now, length, is_taken):
    if is_taken:
        assert create(database, now, password="字" * length)
    else:
        with pytest.raises(InvalidInput):
            create(database, now, password="字" * length)


def test_a_user_name_belongs_to_one_officer(database, now):
    create(database, now)

    with pytest.raises(Conflict, match="lin"):
        create(database, now, display_name="另一个林")


def test_a_user_name_wanted_by_many_at_once_goes_to_one_and_the_others_hear_a_conflict(database, now):
    together = threading.Barrier(3)

    def want(_):
        together.wait(10)
        try:
            return create(database, now)
        except Conflict:
            return None

    with ThreadPoolExecutor(3) as admins:
        assert len([made for made in admins.map(want, range(3)) if made]) == 1


def test_four_failures_lock_nothing_and_the_fifth_locks_for_a_minute(database, now):
    create(database, now)
    fail(database, now, times=4)
    officers.check_open(officer(database), now=now)

    fail(database, now)

    with pytest.raises(Unauthenticated) as locked:
        officers.check_open(officer(database), now=now)
    assert 60 <= locked.value.retry_after_s <= 61
    with pytest.raises(Unauthenticated):
        officers.check_open(officer(database), now=now + timedelta(seconds=59))
    officers.check_open(officer(database), now=now + timedelta(minutes=1))


def test_each_further_failure_doubles_the_lock_up_to_thirty_minutes(database, now):
    create(database, now)
    fail(database, now, times=4)
    minutes = []

    for _ in range(20):
        fail(database, now)
        minutes.append((officer(database).locked_until - now) / timedelta(minutes=1))

    assert minutes == [1, 2, 4, 8, 16, *[30] * 15]


def test_a_success_forgets_earlier_failures(database, now):
    create(database, now)
    fail(database, now, times=6)

    database.write(lambda session: officers.note_success(officers.find_officer(session, "lin"), now=now))

    officers.check_open(officer(database), now=now)
    fail(database, now, times=4)
    assert officer(database).locked_until is None


def test_failures_at_the_same_moment_are_all_counted(database, now):
    create(database, now)
    together = threading.Barrier(8)

    def guess(_):
        def work(session):
            found = officers.find_officer(session, "lin")
            officers.note_failure(found, now=now)

        together.wait(10)
        database.write(work)

    with ThreadPoolExecutor(8) as guessers:
        list(guessers.map(guess, range(8)))

    assert officer(database).failed_count == 8


def test_an_unknown_name_is_never_reported_as_locked(now):
    officers.check_open(None, now=now)


@pytest.mark.parametrize(
    ("shop_ids", "bound_to"), [(None, None), ([], frozenset()), (["s2", "s1", "s2"], frozenset({"s1", "s2"}))]
)
def test_an_officer_calls_with_their_roles_and_shops(database, now, shop_ids, bound_to):
    officer_id = create(database, now, roles=["senior", "viewer"], shop_ids=shop_ids)

    caller = officers.as_caller(officer(database))

    assert caller == Caller(officer_id, "officer:lin", frozenset({"senior", "viewer"}), bound_to)
