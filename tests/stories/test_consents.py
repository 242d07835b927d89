"""Consents over HTTP: seven elements, separate consent, guardians, history, and withdrawal that counts at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from app import consents
from app.flows.keep_consents import person_in_audit
from app.models import AuditRow, Consent

GIVEN = {
    "scope": ["浏览记录"],
    "text_version": "v3",
    "text_digest": "sha256:" + "a" * 64,
    "given_at": "2026-11-20T20:00:00+08:00",
    "channel": "miniprogram",
    "withdrawal": "设置 - 隐私 - 撤回",
}
HERE = "/v1/people/buyer-1/consents/tracking"


@pytest.fixture
def client(service):
    return service.client("people")


def problems(answer):
    assert answer.status_code == 422, answer.text
    return {each["field"] for each in answer.get_json()["errors"]}


@pytest.mark.parametrize("element", GIVEN)
def test_a_consent_without_one_of_its_elements_is_refused_and_the_element_named(client, element):
    body = {name: value for name, value in GIVEN.items() if name != element}

    assert problems(client.put(HERE, json=body)) == {element}
    assert client.get(HERE).get_json()["items"] == []


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"sensitive": ["health"]}, {"is_separate"}),
        ({"recipient": "partner-1"}, {"is_separate"}),
        ({"is_under_14": True}, {"guardian"}),
        ({"is_under_14": True, "sensitive": ["minor"]}, {"guardian", "is_separate"}),
        ({"given_at": "2027-01-01T00:00:00+08:00"}, {"given_at"}),
        ({"expires_at": "2026-11-01T00:00:00+08:00"}, {"expires_at"}),
    ],
)
def test_what_needs_a_consent_of_its_own_or_a_guardian_says_so(client, more, named):
    assert problems(client.put(HERE, json=GIVEN | more)) == named
    fixed = {"is_separate": True, "guardian": "母亲", "given_at": GIVEN["given_at"], "expires_at": None}

    answer = client.put(HERE, json=GIVEN | more | {name: fixed[name] for name in named})

    assert answer.status_code == 200
    assert answer.get_json()["holds"] is True


@pytest.mark.parametrize("person", ["138" + "0013" + "8000", "a@example.com"])
def test_personal_data_is_refused_as_an_identifier(client, person):
    assert client.put(f"/v1/people/{person}/consents/tracking", json=GIVEN).status_code == 422


def test_withdrawal_counts_at_once_and_says_what_must_stop(service, client):
    client.put(HERE, json=GIVEN)
    client.put(HERE, json=GIVEN | {"recipient": "partner-1", "is_separate": True, "scope": ["订单"]})
    now = service.clock()

    def is_valid(**more):
        with service.parts.db.read() as session:
            return consents.valid(session, "buyer-1", "tracking", at=service.clock(), **more) is not None

    assert is_valid(needs=["浏览记录"])
    assert is_valid(recipient="partner-1", needs=["订单"])
    assert not is_valid(needs=["位置"])
    assert not is_valid(sensitive=["health"])

    answer = client.delete(HERE).get_json()

    assert answer["must_stop"] == {"purpose": "tracking", "scope": ["浏览记录", "订单"], "recipients": ["partner-1"]}
    assert not is_valid(needs=["浏览记录"])
    assert client.delete(HERE).status_code == 404
    with service.parts.db.read() as session:
        said = consents.facts(session, "buyer-1", "tracking", at=now)
    assert (said["consent.is_valid"], said["consent.withdrawn_at"]) == (False, now)


def test_rules_see_the_withdrawal_in_the_next_evaluation(service, client):
    rules = service.client("rules")
    client.put(HERE, json=GIVEN)

    def decision():
        with service.parts.db.read() as session:
            said = consents.facts(session, "buyer-1", "tracking", at=service.clock())
        wanted = {name: said[name] for name in ("consent.is_valid", "consent.withdrawn_at") if said[name] is not None}
        facts = {"channel": "wecom", "purpose": "tracking"} | {
            name: value if isinstance(value, bool) else value.isoformat() for name, value in wanted.items()
        }
        answer = rules.post("/v1/evaluations", json={"kind": "track.collect", "facts": facts}).get_json()
        return answer["decision"], sorted(firing["rule"] for firing in answer["firings"])

    assert decision() == ("pass", [])
    client.delete(HERE)
    assert decision() == ("block", ["S1-30", "S1-31"])


def test_a_new_text_replaces_the_old_consent_and_the_history_keeps_both(service, client):
    client.put(HERE, json=GIVEN)
    service.clock.advance(days=1)
    client.put(HERE, json=GIVEN | {"text_version": "v4", "given_at": "2026-11-24T09:00:00+08:00"})

    items = client.get("/v1/people/buyer-1/consents").get_json()["items"]

    assert [(each["text_version"], each["ended_why"], each["holds"]) for each in items] == [
        ("v4", None, True),
        ("v3", "replaced", False),
    ]


def test_a_consent_ends_by_itself_when_its_time_is_over(service, client):
    until = (service.clock() + timedelta(hours=1)).isoformat()
    client.put(HERE, json=GIVEN | {"expires_at": until})

    assert client.get(HERE).get_json()["items"][0]["holds"] is True
    service.clock.advance(hours=1)
    assert client.get(HERE).get_json()["items"][0]["holds"] is False


def test_evidence_and_guardian_are_sealed_and_the_audit_names_nobody(service, client):
    said = {"guardian": "监护人甲", "is_under_14": True, "evidence": "录音 7788"}
    answer = client.put(HERE, json=GIVEN | said)
    client.delete(HERE)

    with service.parts.db.read() as session:
        row = session.scalars(select(Consent)).one()
        audited = session.scalars(select(AuditRow).where(AuditRow.object_type == "consent").order_by(AuditRow.id)).all()
        place = {"person": "buyer-1", "table": "consent", "row": row.id}
        opened = service.parts.people.unseal(session, row.guardian, column="guardian", **place)
        everything = repr(session.execute(text("SELECT * FROM consent")).all())
    assert opened.decode() == "监护人甲"
    assert "监护人甲" not in everything
    assert "监护人甲" not in answer.text
    assert [each.action for each in audited] == ["consent.give", "consent.withdraw"]
    assert all("buyer-1" not in repr(vars(each)) for each in audited)
    assert {each.details["person"] for each in audited} == {person_in_audit(service.parts, "buyer-1")}


def test_a_key_without_the_scope_is_refused(service):
    stranger = service.client("screen", "admin")

    assert stranger.put(HERE, json=GIVEN).status_code == 403
    assert stranger.get(HERE).status_code == 403
    assert stranger.delete(HERE).status_code == 403


def test_a_key_bound_to_shops_neither_sees_nor_changes_consents_of_persons_of_other_shops(service, client):
    here = "/v1/people/buyer:o-1/consents/tracking"
    fields = {"shop_id": "shop-1", "fields": {"name": "王小明"}}
    assert client.put("/v1/people/buyer:o-1", json=fields).status_code == 200
    own, other = (service.client("people", shops=[shop]) for shop in ("shop-1", "shop-2"))
    assert own.put(here, json=GIVEN).status_code == 200

    assert other.get(here).status_code == 404
    assert other.get("/v1/people/buyer:o-1/consents").status_code == 404
    assert other.put(here, json=GIVEN).status_code == 404
    assert other.delete(here).status_code == 404

    assert [each["holds"] for each in own.get(here).get_json()["items"]] == [True]


@pytest.mark.parametrize("person", ["buyer-1", "buyer:1"])
def test_erasing_a_person_ends_every_consent_and_destroys_its_evidence(client, service, person):
    here = f"/v1/people/{person}/consents/tracking"
    client.put(here, json=GIVEN | {"evidence": "录屏第17秒"})

    erased = client.delete(f"/v1/people/{person}", query_string={"reason": "本人要求"})
    (left,) = client.get(here).get_json()["items"]

    assert erased.status_code == 200, erased.text
    assert (left["holds"], left["ended_why"], left["has_evidence"]) == (False, "erased", False)
    with service.parts.db.read() as session:
        assert not consents.is_given(session, person, "tracking", service.clock())


def test_a_person_of_whom_nothing_is_kept_cannot_be_erased(client):
    answers = [client.delete(f"/v1/people/{who}", query_string={"reason": "本人要求"}) for who in ("nobody", "buyer:0")]

    assert [answer.status_code for answer in answers] == [422, 404]


def test_the_export_has_the_consents_with_what_they_were_given_by(service):
    client = service.client("people", "reveal", "admin")
    client.put("/v1/people/buyer:1", json={"shop_id": "shop-1", "fields": {"name": "王小满"}})
    client.post("/v1/people/buyer:1/requests", json={"kind": "copy", "channel": "客服"})
    client.put("/v1/people/buyer:1/consents/tracking", json=GIVEN | {"evidence": "录屏第17秒"})
    client.delete("/v1/people/buyer:1/consents/tracking")

    export = client.get("/v1/people/buyer:1/export", query_string={"purpose": "person_request", "reason": "本人要求"})
    (kept,) = export.get_json()["consents"]

    assert (kept["purpose"], kept["scope"], kept["evidence"]) == ("tracking", ["浏览记录"], "录屏第17秒")
    assert kept["ended_why"] == "withdrawn"
