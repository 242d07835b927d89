"""The page of what is stuck: dead letters worked again or put away, freezes lifted with a reason."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app import effects, queue
from app.models import AuditRow, Effect, QueueRow
from tests.console import officer_of, token
from tests.service import START, make_service


@pytest.fixture
def service(database, judge, tmp_path):
    return make_service(database, tmp_path, judge)


def split(client, number="P1", told_fen=888):
    at = (START - timedelta(hours=2)).isoformat()
    receiver = {"type": "MERCHANT_ID", "account": "86693852", "amount_fen": 888}
    asked = {"receivers": [receiver | {"relation": "STORE", "name_encrypted": True}], "unsplit_fen": 10_000}
    asked |= {"max_ratio_bp": 3_000, "transaction_id": "t-1"}
    told = {"origin": "notice", "direction": "split", "receiver_type": "MERCHANT_ID", "receiver_account": "86693852"}
    events = [
        {"kind": "split.request", "data": asked},
        {"kind": "split.reconcile", "data": told | {"told_fen": told_fen, "transaction_id": "t-1"}},
    ]
    shared = {"subject": number, "shop_id": "shop-1", "occurred_at": at}
    body = [{"id": f"{number}-{n}-{told_fen}", **shared, **event} for n, event in enumerate(events)]
    return client.post("/v1/events", json={"events": body}).get_json()["results"]


def frozen(service):
    with service.parts.db.read() as session:
        return effects.is_frozen(session, "shop-1", "split", "P1")


def dead(service):
    def work(session):
        asked = {"provider": "wechatpay", "account": "m-1", "what": "split", "asked": {}}
        made = queue.add(session, kind="look_up_platform", payload=asked, due_at=START, now=START)
        row = session.get(QueueRow, made)
        row.state, row.last_error, row.attempts, row.finished_at = "failed", "platform_busy", 12, START
        return made

    return service.parts.db.write(work)


def state_of(service, row_id):
    with service.parts.db.read() as session:
        return session.get(QueueRow, row_id).state


def test_a_freeze_is_lifted_by_an_officer_with_a_reason_and_the_same_difference_freezes_no_more(service):
    api = service.client("events", "money")
    split(api, told_fen=100)
    assert frozen(service)
    client = officer_of(service, roles=["finance"])
    with service.parts.db.read() as session:
        freeze = session.scalar(select(Effect).where(Effect.verb == "freeze"))
    assert "P1" in client.get("/console/stuck").text

    nothing = client.post(
        f"/console/stuck/freezes/{freeze.id}/lift", data={"csrf_token": token(client, "/console/stuck"), "reason": " "}
    )
    assert (nothing.status_code, frozen(service)) == (422, True)
    form = {"csrf_token": token(client, "/console/stuck"), "reason": "与平台核对，差额已补"}
    done = client.post(f"/console/stuck/freezes/{freeze.id}/lift", data=form)
    assert (done.status_code, frozen(service)) == (303, False)

    earlier = (START - timedelta(hours=1, minutes=59)).isoformat()
    result = {"type": "MERCHANT_ID", "account": "86693852", "amount_fen": 100, "result": "SUCCESS", "fail_reason": ""}
    told_late = {"id": "late", "kind": "split.result", "subject": "P1", "shop_id": "shop-1", "occurred_at": earlier}
    told_late |= {"data": {"state": "finished", "receivers": [result], "transaction_id": "t-1"}}
    retold = {"id": "later", "kind": "split.result", "subject": "P1", "shop_id": "shop-1"}
    retold |= {"occurred_at": START.isoformat(), "data": told_late["data"]}
    answers = [api.post("/v1/events", json=each).get_json()["results"][0] for each in (retold, told_late)]
    assert [each["status"] for each in answers] == ["accepted"] * 2
    assert not frozen(service), "a person looked at these very figures"
    with service.parts.db.read() as session:
        row = session.scalar(select(AuditRow).where(AuditRow.action == "subject.unfreeze"))
        assert row.reason == "与平台核对，差额已补"


def test_freezes_over_http_are_those_of_the_keys_shops_and_end_once(service):
    split(service.client("events", "money"), told_fen=100)
    own, other = service.client("money", shops=["shop-1"]), service.client("money", shops=["shop-2"])
    [freeze] = own.get("/v1/freezes").get_json()["items"]
    path = f"/v1/freezes/{freeze['freeze_id']}/lift"

    assert other.get("/v1/freezes").get_json()["items"] == []
    assert other.post(path, json={"reason": "x"}).status_code == 404
    assert own.post(path, json={"reason": ""}).status_code == 422
    lifted = own.post(path, json={"reason": "已核对"})
    again = own.post(path, json={"reason": "已核对"})

    assert lifted.get_json()["state"] == "lifted"
    assert lifted.get_json()["lifted_reason"] == "已核对"
    assert again.status_code == 409
    assert own.get("/v1/freezes").get_json()["items"] == []


def test_letters_are_worked_again_or_put_away_on_the_page(service):
    first, second = dead(service), dead(service)
    client = officer_of(service, roles=["finance"])
    page = client.get("/console/stuck").text
    assert page.count("平台查询") == 2

    for row_id, decision in ((first, "replay"), (second, "discard")):
        form = {"csrf_token": token(client, "/console/stuck"), "reason": "平台已恢复", "decision": decision}
        assert client.post(f"/console/stuck/letters/{row_id}", data=form).status_code == 303

    assert (state_of(service, first), state_of(service, second)) == ("waiting", "dropped")
    assert "没有滞留的事项" in client.get("/console/stuck").text


def test_who_is_bound_to_shops_sees_no_letters(service):
    dead(service)
    page = officer_of(service, roles=["finance"], shop_ids=["shop-1"]).get("/console/stuck").text

    assert "平台查询" not in page


def test_an_officer_without_a_role_for_money_does_not_see_the_page(service):
    assert officer_of(service, roles=["viewer"]).get("/console/stuck").status_code == 403


def test_letters_over_http_need_a_key_of_all_shops_a_reason_and_for_payouts_the_scope_of_money(service):
    row_id = dead(service)
    admin, bound = service.client("admin"), service.client("admin", shops=["shop-1"])

    assert bound.get("/v1/dead-letters").status_code == 403
    assert [each["id"] for each in admin.get("/v1/dead-letters").get_json()["items"]] == [row_id]
    assert admin.get("/v1/dead-letters?kind=pay_claim").get_json()["items"] == []
    assert admin.get("/v1/dead-letters?kind=nothing").status_code == 422
    assert admin.post(f"/v1/dead-letters/{row_id}/replay", json={}).status_code == 422
    refused = admin.post(f"/v1/dead-letters/{row_id}/discard", json={"reason": "x", "outcome": "paid"})
    assert refused.status_code == 403
    assert admin.post(f"/v1/dead-letters/{row_id}/replay", json={"reason": "好了"}).get_json()["state"] == "waiting"
    assert admin.post(f"/v1/dead-letters/{row_id}/discard", json={"reason": "好了"}).status_code == 404
