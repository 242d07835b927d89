"""People over HTTP: kept sealed, shown masked, found by a value, revealed for a purpose, exported, erased."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from app.models import AuditRow, Person
from tests.service import make_service
from tests.stories.test_consents import GIVEN

PHONE = "138" + "0013" + "8000"
FIELDS = {"phone": f"+86 {PHONE[:3]}-{PHONE[3:7]}-{PHONE[7:]}", "name": "测试 甲", "address": "某省某市某路一号三室"}


@pytest.fixture
def service(database, tmp_path):
    return make_service(database, tmp_path)


@pytest.fixture
def client(service):
    return service.client("people", "reveal", "admin")


def put(client, person="buyer:o-88", **more):
    return client.put(f"/v1/people/{person}", json={"shop_id": "shop-1", "fields": FIELDS} | more)


def masked(answer):
    return {field["name"]: field["masked"] for field in answer.get_json()["fields"]}


def audited(service, action):
    with service.parts.db.read() as session:
        return session.scalars(select(AuditRow).where(AuditRow.action == action)).all()


def test_a_person_is_answered_masked_by_every_call_that_needs_no_purpose(client):
    expected = {"phone": "138****8000", "name": "测**", "address": "某省某*******"}

    assert masked(put(client)) == expected
    assert masked(client.get("/v1/people/buyer:o-88")) == expected
    for answer in (put(client), client.get("/v1/people/buyer:o-88")):
        assert PHONE not in answer.text.replace("-", "")


@pytest.mark.parametrize("asked", [PHONE, f"+86{PHONE}", "138 0013 8000", "１３８００１３８０００", f"0086-{PHONE}"])
def test_a_person_is_found_however_the_number_is_written(client, asked):
    put(client)
    put(client, "buyer:other", fields={"phone": "139" + "0013" + "8000"})

    answer = client.post("/v1/people/search", json={"field": "phone", "value": asked})

    assert [each["person"] for each in answer.get_json()["items"]] == ["buyer:o-88"]
    assert PHONE not in answer.text


def test_names_and_wechat_ids_and_id_cards_are_found_normalised(client):
    number = "11010119000101123"
    put(client, fields={"name": "测试·甲", "wechat_id": "Wx_Test-1", "id_card": number + "x"})

    for field, value in (("name", "测试甲"), ("wechat_id", " wx_test-1"), ("id_card", number + "X")):
        answer = client.post("/v1/people/search", json={"field": field, "value": value})
        assert len(answer.get_json()["items"]) == 1, field
    refused = client.post("/v1/people/search", json={"field": "address", "value": "某省"})
    assert refused.status_code == 422


def test_a_field_in_full_needs_scope_purpose_and_reason_and_leaves_a_record(service, client):
    put(client)
    ask = {"fields": ["phone"], "purpose": "after_sales", "reason": "核对退款收款人"}

    assert service.client("people").post("/v1/people/buyer:o-88/reveal", json=ask).status_code == 403
    for wrong in ({"purpose": "curiosity"}, {"reason": " "}, {"fields": ["shoe_size"]}):
        assert client.post("/v1/people/buyer:o-88/reveal", json=ask | wrong).status_code == 422
    assert client.post("/v1/people/buyer:o-88/reveal", json=ask | {"fields": ["email"]}).status_code == 404
    assert audited(service, "person.reveal") == []

    said = client.post("/v1/people/buyer:o-88/reveal", json=ask)

    assert said.get_json()["fields"] == {"phone": FIELDS["phone"]}
    assert said.headers["Cache-Control"] == "no-store"
    [row] = audited(service, "person.reveal")
    assert (row.actor, row.object_id, row.reason) == ("key:hook", "buyer:o-88", "核对退款收款人")


def test_a_purpose_that_rests_on_consent_is_refused_without_one_and_the_try_is_on_record(service, client):
    put(client)
    ask = {"purpose": "marketing", "reason": "双十一短信"}

    assert client.post("/v1/people/buyer:o-88/reveal", json=ask).status_code == 403

    [row] = audited(service, "person.reveal_refused")
    assert row.details["purpose"] == "marketing"


def test_a_consent_opens_its_purpose_and_its_withdrawal_closes_it_at_once(client):
    put(client)
    ask = {"purpose": "marketing", "reason": "双十一短信", "fields": ["phone"]}
    here = "/v1/people/buyer:o-88/consents/marketing"

    assert client.put(here, json=GIVEN).status_code == 200
    opened = client.post("/v1/people/buyer:o-88/reveal", json=ask)
    assert client.delete(here).status_code == 200

    assert opened.get_json()["fields"] == {"phone": FIELDS["phone"]}
    assert client.post("/v1/people/buyer:o-88/reveal", json=ask).status_code == 403


def test_an_export_holds_everything_and_is_on_record(service, client):
    put(client, keep_until="2029-11-23T00:00:00+08:00", keep_basis="电子商务法第31条")
    client.post("/v1/people/buyer:o-88/requests", json={"kind": "copy", "channel": "客服", "note": f"电话 {PHONE}"})

    whole = client.get("/v1/people/buyer:o-88/export?purpose=person_request&reason=本人索取副本").get_json()

    assert whole["format"] == "weiheng-person/1"
    assert whole["fields"] == FIELDS
    assert set(whole["kept_until"]) == set(FIELDS)
    assert [(each["kind"], each["note"]) for each in whole["requests"]] == [("copy", f"电话 {PHONE}")]
    assert len(audited(service, "person.export")) == 1
    assert client.get("/v1/people/buyer:o-88/export?purpose=person_request").status_code == 422
    asked = {"purpose": "person_request", "reason": "本人索取副本"}
    same = client.post("/v1/people/buyer:o-88/export", json=asked).get_json()
    assert same == whole | {"exported_at": same["exported_at"]}
    assert client.post("/v1/people/buyer:o-88/export", json={"purpose": "person_request"}).status_code == 422


def test_an_erased_person_is_gone_and_the_answer_is_the_certificate(client):
    put(client)

    said = client.delete("/v1/people/buyer:o-88?reason=本人要求")

    assert said.get_json()["certificate"]["values_erased"] == 3
    assert client.get("/v1/people/buyer:o-88").get_json()["fields"] == []
    assert client.post("/v1/people/search", json={"field": "phone", "value": PHONE}).get_json()["items"] == []
    assert client.delete("/v1/people/buyer:nobody?reason=x").status_code == 404
    assert client.delete("/v1/people/buyer:o-88").status_code == 422
    assert client.delete("/v1/people/buyer:o-88", json={"reason": " "}).status_code == 422
    assert client.delete("/v1/people/buyer:o-88", json={"why": "本人要求"}).status_code == 422


def test_a_key_of_one_shop_sees_only_persons_of_that_shop(service, client):
    put(client)
    bound = service.client("people", "reveal", shops=["shop-2"])
    ask = {"purpose": "after_sales", "reason": "核对"}

    assert bound.get("/v1/people/buyer:o-88").status_code == 404
    assert bound.post("/v1/people/buyer:o-88/reveal", json=ask).status_code == 404
    assert bound.delete("/v1/people/buyer:o-88?reason=x").status_code == 404
    assert bound.post("/v1/people/search", json={"field": "phone", "value": PHONE}).get_json()["items"] == []
    assert put(bound).status_code == 403
    assert put(bound, shop_id="shop-2").status_code == 409
    assert put(bound, shop_id=None).status_code == 403
    assert bound.get("/v1/requests").get_json()["items"] == []


@pytest.mark.parametrize(
    ("person", "body"),
    [
        ("nobody", {"fields": {"phone": "1"}}),
        ("king:1", {"fields": {"phone": "1"}}),
        ("buyer:a b", {"fields": {"phone": "1"}}),
        ("buyer:1", {"fields": {}}),
        ("buyer:1", {"fields": {"shoe_size": "42"}}),
        ("buyer:1", {"fields": {"phone": 5}}),
        ("buyer:1", {"fields": {"phone": "1" * 2_001}}),
        ("buyer:1", {"fields": {"phone": "1"}, "keep_until": "2029-11-23T00:00:00+08:00"}),
        (f"buyer:{PHONE}", {"fields": {"phone": "1"}}),
    ],
    ids=str,
)
def test_wrong_persons_and_fields_are_refused_and_never_echoed(client, person, body):
    answer = client.put(f"/v1/people/{person}", json={"shop_id": "shop-1"} | body)

    assert answer.status_code == 422
    assert "1" * 100 not in answer.text
    assert PHONE not in answer.text


def test_an_empty_value_is_sealed_and_null_removes_a_field(service, client):
    put(client, fields={"phone": "", "name": "甲"})

    answer = put(client, fields={"name": None})

    assert masked(answer) == {"phone": ""}
    with service.parts.db.read() as session:
        [(value,)] = session.execute(text("SELECT value FROM person_field")).all()
    assert len(bytes(value)) == 32


def test_a_request_is_due_within_fifteen_working_days_and_is_answered_once(service, client):
    put(client)
    asked = {"kind": "deletion", "channel": "客服", "note": "请删除", "received_at": "2026-11-23T09:00:00+08:00"}

    request = client.post("/v1/people/buyer:o-88/requests", json=asked).get_json()

    assert request["due_at"] == "2026-12-14T16:00:00+00:00"  # Monday 14 December in China, to its end
    assert "请删除" not in str(request)
    extended = client.post(f"/v1/requests/{request['id']}/extend", json={"reason": "数据量大"}).get_json()
    assert extended["due_at"] == "2027-01-04T16:00:00+00:00"
    assert client.post(f"/v1/requests/{request['id']}/extend", json={"reason": "再"}).status_code == 409
    service.clock.advance(days=60)
    [listed] = client.get("/v1/requests?state=open").get_json()["items"]
    assert listed["is_overdue"] is True

    answer = {"outcome": "answered", "answer": "已删除，凭证已寄出"}
    said = client.post(f"/v1/requests/{request['id']}/answer", json=answer)

    assert said.get_json()["state"] == "answered"
    assert client.post(f"/v1/requests/{request['id']}/answer", json=answer).status_code == 409
    assert client.get("/v1/requests?state=open").get_json()["items"] == []


def test_a_hold_over_http_keeps_a_person_and_its_release_frees_them(client, service):
    put(client)
    hold = {"object_type": "person", "object_id": "buyer:o-88", "reason": "仲裁", "owner": "法务"}
    placed = client.post("/v1/holds", json=hold | {"ends_at": "2027-01-01T00:00:00+08:00"}).get_json()

    assert client.delete("/v1/people/buyer:o-88?reason=x").status_code == 409
    assert [each["id"] for each in client.get("/v1/holds").get_json()["items"]] == [placed["id"]]
    assert service.client("admin", shops=["shop-1"]).get("/v1/holds").status_code == 403

    assert client.post(f"/v1/holds/{placed['id']}/release", json={"reason": "和解"}).status_code == 200
    assert client.get("/v1/holds").get_json()["items"] == []
    assert client.delete("/v1/people/buyer:o-88?reason=x").status_code == 200


def test_no_value_stands_in_any_table(service, client):
    put(client)
    with service.parts.db.read() as session:
        tables = [session.execute(select(table)).all() for table in Person.metadata.sorted_tables]

    for value in (PHONE, FIELDS["phone"], FIELDS["name"], FIELDS["address"], PHONE[3:]):
        assert value not in str(tables)
