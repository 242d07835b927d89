"""API keys: seen once, stored as a hash, refused when they should be, bound to shops."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from factories import make_case, make_content, make_screening, make_shop
from sqlalchemy import func, select, text

from app import access
from app.errors import Forbidden, InvalidInput, NotFound, Unauthenticated
from app.models import ApiKey, Case, Shop
from app.values.access import Caller, Scope

HASH_KEY = b"h" * 32


def create(database, now, **options):
    options = {"name": "erp", "scopes": ["screen"], "shop_ids": None} | options
    return database.write(lambda session: access.create_api_key(session, hash_key=HASH_KEY, now=now, **options))


def find(database, secret, now, *, hash_key=HASH_KEY):
    with database.read() as session:
        return access.find_caller(session, secret, hash_key=hash_key, now=now)


def only_key(database):
    with database.read() as session:
        return session.scalars(select(ApiKey)).one()


def test_a_key_is_known_by_what_it_was_made_with(database, now):
    secret = create(database, now, scopes=["screen", "cases", "screen"], shop_ids=["s2", "s1"])

    caller = find(database, secret, now)

    row = only_key(database)
    assert caller == Caller(row.id, "key:erp", frozenset({"screen", "cases"}), frozenset({"s1", "s2"}))


def test_only_a_hash_of_the_key_is_in_the_database(database, now):
    secret = create(database, now)

    with database.read() as session:
        row = session.execute(text("SELECT * FROM api_key")).mappings().one()

    assert secret.startswith("wh_")
    assert len(secret) >= 43
    assert row["prefix"] == secret[:9]
    stored = " ".join(str(value) for value in row.values())
    assert secret not in stored
    assert secret[9:] not in stored
    assert len(row["key_hash"]) == 64


def test_no_two_keys_are_alike(database, now):
    assert len({create(database, now) for _ in range(20)}) == 20


def test_a_key_hashed_under_another_hash_key_is_unknown(database, now):
    secret = create(database, now)

    with pytest.raises(Unauthenticated):
        find(database, secret, now, hash_key=b"x" * 32)


@pytest.mark.parametrize("secret", ["", "wh_", "wh_" + "A" * 43, "密钥", "' OR 1=1 --", "\0"])
def test_an_unknown_key_is_refused(database, now, secret):
    create(database, now)

    with pytest.raises(Unauthenticated):
        find(database, secret, now)


def test_almost_the_right_key_is_refused(database, now):
    secret = create(database, now)

    for wrong in (secret[:-1], secret + "=", secret.swapcase(), secret + " "):
        with pytest.raises(Unauthenticated):
            find(database, wrong, now)


def test_a_key_works_until_the_instant_it_expires(database, now):
    secret = create(database, now, expires_at=now + timedelta(hours=1))

    assert find(database, secret, now + timedelta(minutes=59, seconds=59)).name == "key:erp"
    with pytest.raises(Unauthenticated):
        find(database, secret, now + timedelta(hours=1))


def test_a_revoked_key_is_refused_at_once_and_says_the_same_as_an_unknown_one(database, now):
    secret = create(database, now)
    key_id = find(database, secret, now).id

    database.write(lambda session: access.revoke_api_key(session, key_id, now=now))

    with pytest.raises(Unauthenticated) as revoked:
        find(database, secret, now)
    with pytest.raises(Unauthenticated) as unknown:
        find(database, "wh_unknown", now)
    assert str(revoked.value) == str(unknown.value)


def test_revoking_again_keeps_the_first_instant(database, now):
    create(database, now)
    key_id = only_key(database).id

    for hours in (1, 2):
        database.write(
            lambda session, hours=hours: access.revoke_api_key(session, key_id, now=now + timedelta(hours=hours)).id
        )

    assert only_key(database).revoked_at == now + timedelta(hours=1)
    with pytest.raises(NotFound):
        database.write(lambda session: access.revoke_api_key(session, "nobody", now=now))


@pytest.mark.parametrize("scopes", [["root"], ["screen", "SCREEN"], ["officer"], [""], []])
def test_an_unknown_or_missing_scope_is_refused_and_nothing_is_stored(database, now, scopes):
    with pytest.raises(InvalidInput) as refused:
        create(database, now, scopes=scopes)

    assert [problem.field for problem in refused.value.problems] == ["scopes"]
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(ApiKey)) == 0


def test_every_scope_can_be_given(database, now):
    secret = create(database, now, scopes=list(Scope))

    assert find(database, secret, now).grants == frozenset(Scope)


def test_a_caller_without_a_scope_is_forbidden_and_told_which(database, now):
    caller = find(database, create(database, now), now)

    caller.require("screen")
    with pytest.raises(Forbidden, match="`cases`"):
        caller.require("cases")


def test_a_key_for_some_shops_sees_only_those(database, now):
    def fill(session):
        for shop in ("s1", "s2", "s3"):
            make_case(session, make_screening(session, make_content(session, shop_id=shop)))

    database.write(fill)
    callers = {
        "all": find(database, create(database, now, shop_ids=None), now),
        "two": find(database, create(database, now, shop_ids=["s1", "s3"]), now),
        "none": find(database, create(database, now, shop_ids=[]), now),
    }

    with database.read() as session:
        seen = {
            name: sorted(session.scalars(select(Case.shop_id).where(caller.only_own(Case.shop_id))))
            for name, caller in callers.items()
        }

    assert seen == {"all": ["s1", "s2", "s3"], "two": ["s1", "s3"], "none": []}


@pytest.mark.parametrize(
    ("shop_ids", "shop", "may"),
    [(None, "s1", True), (["s1"], "s1", True), (["s1"], "s2", False), ([], "s1", False), (["s1"], "S1", False)],
)
def test_a_shop_that_is_not_the_callers_is_forbidden(database, now, shop_ids, shop, may):
    caller = find(database, create(database, now, shop_ids=shop_ids), now)

    assert caller.may_see(shop) is may
    if may:
        caller.require_shop(shop)
    else:
        with pytest.raises(Forbidden):
            caller.require_shop(shop)


def test_use_is_remembered_to_the_minute(database, now):
    create(database, now)
    key_id = only_key(database).id

    for seconds, remembered in ((0, 0), (30, 0), (60, 0), (61, 61), (90, 61)):
        at = now + timedelta(seconds=seconds)
        database.write(lambda session, at=at: access.mark_used(session, key_id, now=at))
        assert only_key(database).last_used_at == now + timedelta(seconds=remembered)


def test_a_shop_is_made_on_first_sight_and_not_renamed_by_the_second(database, now):
    database.write(lambda session: make_shop(session, "s1", name="老店"))

    create(database, now, shop_ids=["s1", "s2"])

    with database.read() as session:
        assert dict(session.execute(select(Shop.id, Shop.name)).all()) == {"s1": "老店", "s2": "s2"}


def test_a_shop_seen_first_by_many_at_once_is_made_once(database, now):
    together = threading.Barrier(8)

    def see(_):
        together.wait(10)
        database.write(lambda session: access.ensure_shop(session, "new", now=now))

    with ThreadPoolExecutor(8) as requests:
        list(requests.map(see, range(8)))

    with database.read() as session:
        assert session.scalars(select(Shop.id)).all() == ["new"]
