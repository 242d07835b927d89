"""Erasing a person: unreadable afterwards from everywhere, proved by a certificate, and not undone by a restore."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import orjson
import pytest
from factories import make_case, make_content, make_screening
from sqlalchemy import select, text

from app.db import Database
from app.errors import Conflict, Forbidden, InvalidInput, NotFound
from app.flows.erase_person import end_statutory_copies, erase_person
from app.flows.hold_records import place_hold, release_hold
from app.flows.keep_person import find_people, keep_person, show_person
from app.flows.replay_erasures import genuine_lines, replay_erasures, write_down_missing
from app.flows.reveal_person import reveal_person
from app.models import AuditRow, DataKey, Erasure, IdempotentAnswer, Person, PersonField, Screening
from app.values.access import Caller
from app.vault import certificate, store
from app.vault.certificate import Signed, is_genuine
from app.vault.crypto import SealBroken
from app.vault.people import People
from app.vault.store import Keep
from tests.service import START, make_service

BY = Caller("k", "key:k", frozenset({"people", "reveal"}), None)
BOUND = replace(BY, shop_ids=frozenset({"shop-1"}))
PHONE = "138" + "0013" + "8000"
REF = "buyer:o-88"


@pytest.fixture
def service(database, tmp_path):
    return make_service(database, tmp_path)


@pytest.fixture
def parts(service):
    return service.parts


def keep(parts, values=None, *, ref=REF, shop_id="shop-1", now=START, until=None):
    kept = Keep(until, "电子商务法第31条") if until else None
    values = values or {"phone": PHONE, "name": "测试甲"}
    return keep_person(parts, ref, values, shop_id=shop_id, caller=BY, keep=kept, now=now)


def erase(parts, ref=REF, *, now=START, caller=BY):
    return erase_person(parts, ref, reason="本人要求", caller=caller, now=now)


def reveal(parts, ref=REF, *, purpose="after_sales", now=START):
    return reveal_person(parts, ref, [], purpose=purpose, reason="核对", caller=BY, now=now)


def found(parts, phone=PHONE):
    return [each.person.ref for each in find_people(parts, "phone", phone, caller=BY, now=START)]


def test_erased_is_unreadable_not_found_and_leaves_no_ciphertext(parts):
    keep(parts)
    assert reveal(parts) == {"phone": PHONE, "name": "测试甲"}
    assert found(parts) == [REF]

    signed = erase(parts)

    assert found(parts) == []
    assert show_person(parts, REF, caller=BY).fields == ()
    with pytest.raises(Forbidden):
        reveal(parts)
    with parts.db.read() as session:
        assert session.scalars(select(PersonField)).all() == []
        assert session.scalars(select(DataKey.wrapped).where(DataKey.person == REF)).all() == [None]
    assert signed.certificate["values_erased"] == 2
    assert signed.certificate["keys_shredded"] == [1]
    assert signed.certificate["is_complete"] is True


def test_a_ciphertext_kept_from_before_does_not_open_and_a_warm_cache_does_not_help(parts):
    keep(parts)
    with parts.db.read() as session:
        stolen = [store.sealed_value(field) for field in store.fields_of(session, [REF])]
        assert parts.people.unseal_many(session, stolen)  # the cache is warm now

    erase(parts)

    for people in (parts.people, People(parts.keyring)):
        with parts.db.read() as session, pytest.raises(SealBroken, match="no longer exists"):
            people.unseal_many(session, stolen)


def test_the_worker_of_another_process_with_a_warm_cache_refuses(parts):
    keep(parts)
    other = People(parts.keyring)
    with parts.db.read() as session:
        stolen = [store.sealed_value(field) for field in store.fields_of(session, [REF])]
        other.unseal_many(session, stolen)

    erase(parts)

    assert other.keys._cache
    with parts.db.read() as session, pytest.raises(SealBroken):
        other.unseal_many(session, stolen)


def test_the_originals_of_an_authors_contents_go_and_the_redacted_excerpt_stays(parts):
    def work(session):
        screening = make_screening(session, make_content(session), is_sealed=True, sealed_for="author:a-1")
        for column in ("request", "answer"):
            place = {"table": "screening", "column": column, "row": screening.id}
            sealed = parts.people.seal(session, b"call " + PHONE.encode(), person="author:a-1", now=START, **place)
            setattr(screening, column, sealed)

    parts.db.write(work)

    signed = erase(parts, "author:a-1")

    assert signed.certificate["values_erased"] == 2
    with parts.db.read() as session:
        row = session.scalars(select(Screening)).one()
        assert (row.request, row.answer, row.excerpt) == (b"", b"", "一段文字")


def test_the_certificate_verifies_and_any_change_to_it_is_noticed(parts):
    keep(parts)
    signed = erase(parts)
    trusted = certificate.public_key(parts.keyring.certificates)

    assert is_genuine(signed, trusted_key=trusted)
    assert not is_genuine(signed, trusted_key=certificate.public_key(b"x" * 32))
    for name, value in (("person", "buyer:other"), ("values_erased", 3), ("erased_at", "2020-01-01T00:00:00+00:00")):
        changed = signed.certificate | {name: value}
        assert not is_genuine(replace(signed, certificate=changed), trusted_key=trusted)
        resigned = Signed(changed, certificate.digest_of(changed), signed.signature)
        assert not is_genuine(resigned, trusted_key=trusted)
    forged = certificate.sign(signed.certificate, secret=b"x" * 32)
    assert not is_genuine(forged, trusted_key=trusted)


def test_what_a_law_keeps_is_only_stored_until_its_period_ends(parts):
    keep(parts, {"wechat_id": "wx_test_1"})
    keep(parts, {"phone": PHONE}, until=START + timedelta(days=100))

    signed = erase(parts)

    assert [each["field"] for each in signed.certificate["kept"]] == ["phone"]
    assert signed.certificate["is_complete"] is False
    [field] = show_person(parts, REF, caller=BY).fields
    assert (field.name, field.masked) == ("phone", None)
    assert found(parts) == []
    with parts.db.read() as session:
        assert store.read_fields(session, parts.people, REF) == {}
    for purpose in ("after_sales", "compensation", "person_request"):
        with pytest.raises(Forbidden, match="statutory"):
            reveal(parts, purpose=purpose)
    assert reveal(parts, purpose="legal_duty") == {"phone": PHONE}
    with pytest.raises(Conflict):
        keep(parts, {"email": "a@example.com"})

    assert end_statutory_copies(parts, now=START + timedelta(days=99)) == 0
    assert end_statutory_copies(parts, now=START + timedelta(days=100)) == 1

    with parts.db.read() as session:
        assert session.scalars(select(PersonField)).all() == []
        assert session.scalars(select(DataKey).where(DataKey.person == REF, DataKey.wrapped.is_not(None))).all() == []
        assert session.scalars(select(Person.erased_at)).one() == START + timedelta(days=100)
        assert [row.by for row in session.scalars(select(Erasure).order_by(Erasure.at))] == ["key:k", "system"]


def test_what_was_kept_has_a_key_of_its_own_so_the_old_key_opens_nothing(parts):
    keep(parts, {"phone": PHONE}, until=START + timedelta(days=100))
    keep(parts, {"wechat_id": "wx_test_1"})
    with parts.db.read() as session:
        before = [store.sealed_value(field) for field in store.fields_of(session, [REF])]

    erase(parts)

    for value in before:
        with parts.db.read() as session, pytest.raises(SealBroken):
            parts.people.unseal_many(session, [value])


def test_a_person_who_comes_back_begins_anew(parts):
    keep(parts)
    erase(parts)

    keep(parts, {"phone": "139" + "0013" + "8000"}, now=START + timedelta(days=1))

    assert reveal(parts) == {"phone": "13900138000"}
    assert found(parts) == []


@pytest.mark.parametrize("object_type", ["person", "shop", "kind"])
def test_a_hold_beats_erasure_until_it_ends_or_is_released(parts, object_type):
    keep(parts)
    object_id = {"person": REF, "shop": "shop-1", "kind": "person"}[object_type]
    hold = {"object_type": object_type, "object_id": object_id, "reason": "诉讼", "owner": "法务 王"}
    placed = place_hold(parts, **hold, ends_at=START + timedelta(days=30), caller=BY, now=START)

    with pytest.raises(Conflict, match="法务 王"):
        erase(parts)
    assert reveal(parts)

    release_hold(parts, placed.id, reason="案件终结", caller=BY, now=START)
    with pytest.raises(Conflict):
        release_hold(parts, placed.id, reason="案件终结", caller=BY, now=START)
    place_hold(parts, **hold, ends_at=START + timedelta(days=1), caller=BY, now=START)
    with pytest.raises(Conflict):
        erase(parts)
    assert erase(parts, now=START + timedelta(days=1))


def test_a_hold_on_a_case_keeps_the_author_of_its_content(parts):
    def work(session):
        screening = make_screening(session, make_content(session), is_sealed=True, sealed_for="author:a-1")
        parts.people.seal(session, b"x", person="author:a-1", table="t", column="c", row="r", now=START)
        return make_case(session, screening).id

    case_id = parts.db.write(work)
    hold = {"object_type": "case", "object_id": case_id, "reason": "申诉中", "owner": "法务"}
    place_hold(parts, **hold, ends_at=START + timedelta(days=30), caller=BY, now=START)

    with pytest.raises(Conflict):
        erase(parts, "author:a-1")


def test_a_hold_on_every_screening_keeps_who_has_one_and_nobody_else(parts):
    def work(session):
        make_screening(session, make_content(session), is_sealed=True, sealed_for="author:a-1")
        parts.people.seal(session, b"x", person="author:a-1", table="t", column="c", row="r", now=START)

    parts.db.write(work)
    keep(parts)
    hold = {"object_type": "kind", "object_id": "screening", "reason": "监管调查", "owner": "法务"}
    place_hold(parts, **hold, ends_at=START + timedelta(days=30), caller=BY, now=START)

    with pytest.raises(Conflict):
        erase(parts, "author:a-1")
    assert erase(parts)


def test_a_hold_beats_the_end_of_a_statutory_period(parts):
    keep(parts, until=START + timedelta(days=10))
    erase(parts)
    later = START + timedelta(days=20)
    hold = {"object_type": "person", "object_id": REF, "reason": "诉讼", "owner": "法务"}
    place_hold(parts, **hold, ends_at=START + timedelta(days=30), caller=BY, now=START)

    assert end_statutory_copies(parts, now=later) == 0
    assert end_statutory_copies(parts, now=START + timedelta(days=30)) == 1


@pytest.mark.parametrize(
    "wrong", [{"reason": " "}, {"owner": ""}, {"ends_at": START}, {"object_type": "planet"}, {"object_id": ""}], ids=str
)
def test_a_hold_without_reason_owner_or_end_is_refused(parts, wrong):
    hold = {"object_type": "person", "object_id": REF, "reason": "诉讼", "owner": "法务"}
    hold |= {"ends_at": START + timedelta(days=1)} | wrong

    with pytest.raises(InvalidInput):
        place_hold(parts, **hold, caller=BY, now=START)


def test_a_key_of_one_shop_erases_only_who_is_of_that_shop_alone(parts):
    keep(parts)
    keep(parts, ref="buyer:two", shop_id="shop-2")

    with pytest.raises(NotFound):
        erase(parts, "buyer:two", caller=BOUND)
    with pytest.raises(NotFound):
        erase(parts, "buyer:nobody")
    assert erase(parts, caller=BOUND)

    keep(parts, ref="author:a-1")
    parts.db.write(
        lambda session: make_screening(session, make_content(session, shop_id="shop-2"), sealed_for="author:a-1").id
    )
    with pytest.raises(Forbidden, match="all shops"):
        erase(parts, "author:a-1", caller=BOUND)


def test_a_restored_back_up_forgets_again_who_was_erased_after_it(sqlite_database, tmp_path):
    parts = make_service(sqlite_database, tmp_path).parts
    keep(parts, {"wechat_id": "wx_test_1"})
    keep(parts, {"phone": PHONE}, until=START + timedelta(days=100))
    keep(parts, ref="buyer:stays", values={"phone": "139" + "0013" + "8000"})
    back_up = tmp_path / "back-up.db"
    with closing(sqlite3.connect(sqlite_database.url.removeprefix("sqlite:///"))) as running:
        running.execute(f"VACUUM INTO '{back_up}'")
    signed = erase(parts)

    with closing(Database(f"sqlite:///{shutil.copy(back_up, tmp_path / 'restored.db')}")) as database:
        restored = replace(parts, db=database, people=People(parts.keyring))
        assert reveal(restored) == {"phone": PHONE, "wechat_id": "wx_test_1"}  # the back-up still knew
        with database.read() as session:
            stolen = [store.sealed_value(field) for field in store.fields_of(session, [REF])]
        lines = parts.erasure_list.path.read_bytes().splitlines()

        assert replay_erasures(restored, lines, by="cli", now=START + timedelta(days=2)) == (1, 0)
        assert replay_erasures(restored, lines, by="cli", now=START + timedelta(days=2)) == (0, 1)

        assert reveal(restored, purpose="legal_duty") == {"phone": PHONE}  # as on the day of the erasure
        with pytest.raises(Forbidden):
            reveal(restored)
        with database.read() as session, pytest.raises(SealBroken):
            restored.people.unseal_many(session, stolen)
        with database.read() as session:
            assert session.scalars(select(Erasure.digest)).all() == [signed.digest]
        assert reveal(restored, "buyer:stays") == {"phone": "13900138000"}


def test_a_changed_erasure_list_erases_nobody(parts):
    keep(parts)
    keep(parts, ref="buyer:stays")
    erase(parts)
    [line] = parts.erasure_list.path.read_bytes().splitlines()
    forged = orjson.loads(line)
    forged["certificate"] |= {"person": "buyer:stays", "id": "another"}
    lines = [line, orjson.dumps(forged), b"{}", b"no json"]

    with pytest.raises(InvalidInput) as refused:
        replay_erasures(parts, lines, by="cli", now=START)

    assert refused.value.problems[0].field == "line 2"
    assert genuine_lines(parts, lines) == [(1, True), (2, False), (3, False), (4, False)]
    assert reveal(parts, "buyer:stays")


def test_everything_is_on_record_and_no_record_holds_a_value(parts):
    keep(parts)
    found(parts)
    reveal_person(parts, REF, ["phone"], purpose="after_sales", reason=f"买家 {PHONE} 来电", caller=BY, now=START)
    with pytest.raises(Forbidden):
        reveal(parts, purpose="marketing")
    erase_person(parts, REF, reason=f"{PHONE} 要求", caller=BY, now=START)

    with parts.db.read() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.action.like("person.%")).order_by(AuditRow.id)).all()
        whole = str(session.execute(text("SELECT * FROM audit_row")).all())
        erasure = session.scalars(select(Erasure)).one()

    assert [row.action for row in rows] == [
        "person.put",
        "person.search",
        "person.reveal",
        "person.reveal_refused",
        "person.erase",
    ]
    assert rows[2].details == {"purpose": "after_sales", "basis": "contract", "fields": ["phone"]}
    assert PHONE not in whole
    assert "测试甲" not in whole
    assert PHONE not in erasure.reason
    assert PHONE.encode() not in parts.erasure_list.path.read_bytes()


def test_what_a_crash_left_out_of_the_list_is_added_at_night_once(parts):
    keep(parts)
    keep(parts, ref="buyer:two")
    erase(parts)
    erase(parts, "buyer:two")
    whole = parts.erasure_list.path.read_bytes()
    parts.erasure_list.path.write_bytes(whole.splitlines(keepends=True)[0])

    assert write_down_missing(parts) == 1
    assert write_down_missing(parts) == 0

    assert parts.erasure_list.path.read_bytes() == whole


def test_no_answer_that_was_kept_for_a_repeated_request_outlives_a_person(service, parts):
    keep(parts)
    hook = service.client("admin")
    made = hook.post(
        "/v1/webhooks",
        json={"url": "https://shop.example/hook", "event_types": ["case.opened"]},
        headers={"Idempotency-Key": "k-1"},
    )
    with parts.db.read() as session:
        kept = session.scalars(select(IdempotentAnswer)).all()
    erase(parts)

    assert made.status_code == 201
    assert len(kept) == 1
    with parts.db.read() as session:
        assert session.scalars(select(IdempotentAnswer)).all() == []
