"""Claims and the fund through HTTP and through events: a late order opens a claim by the shipped pack, which waits."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.flows.due_deadlines import due_deadlines
from app.flows.settle_claims import settle_claims
from app.flows.watch_feeds import beat
from app.models import AuditRow, Claim
from app.values.sign_off import SignOff, SignOffs
from tests.money import Fund
from tests.service import START


def put_fund(client, fen=10_000_000):
    body = {"transfer_id": "t-1", "into": "fund", "amount_fen": fen, "note": "首期"}
    return client.post("/v1/fund/deposits", json=body)


def open_claim(client, **more):
    body = {"shop_id": "shop-1", "order_id": "o-1", "cause": "unsafe_food", "paid_fen": 5_000, "reason": "变质"}
    return client.post("/v1/claims", json=body | more)


def event(kind, event_id, data, *, hours, subject="order-1"):
    at = (START + timedelta(hours=hours)).isoformat()
    return {"id": event_id, "kind": kind, "subject": subject, "shop_id": "shop-1", "occurred_at": at, "data": data}


def late_order(service, client):
    """An order that is late by the shop's live feed."""
    paid = {"paid_fen": 19_900, "stock_type": "spot", "transaction_id": "4200001"}
    service.clock.at = START + timedelta(minutes=1)
    assert client.post("/v1/events", json=event("order.paid", "e-1", paid, hours=0)).status_code == 200
    while service.clock() < START + timedelta(hours=49):
        service.clock.advance(minutes=40)
        beat(service.parts, "shop-1", now=service.clock())
    while due_deadlines(service.parts, now=service.clock()):
        pass


def claims(service):
    with service.parts.db.read() as session:
        return list(session.scalars(select(Claim)))


def test_a_late_order_opens_a_claim_that_waits_because_nobody_signed_its_numbers(sqlite_service):
    service = sqlite_service
    client = service.client()
    late_order(service, client)

    [claim] = claims(service)
    assert (claim.cause, claim.state, claim.amount_fen) == ("late_dispatch", "assessed", 995)
    assert "unsigned" in claim.waits_for
    assert claim.basis["rule"] == "S8-40"
    assert claim.transaction_id == "4200001"
    service.clock.advance(days=2)
    beat(service.parts, "shop-1", now=service.clock())
    assert settle_claims(service.parts, now=service.clock()) == 0


@pytest.mark.parametrize(
    ("more", "field"), [({"transaction_id": "4299999"}, "transaction_id"), ({"paid_fen": 19_901}, "paid_fen")]
)
def test_a_buyers_claim_cannot_be_paid_to_another_payment_nor_rest_on_another_price(sqlite_service, more, field):
    client = sqlite_service.client()
    late_order(sqlite_service, client)

    refused = open_claim(client, order_id="order-1", **more)
    fits = open_claim(client, order_id="order-1")

    assert (refused.status_code, [each["field"] for each in refused.get_json()["errors"]]) == (422, [field])
    assert fits.status_code == 201
    assert {claim.transaction_id for claim in claims(sqlite_service)} == {"4200001"}


def test_a_dispatch_that_is_told_late_ends_the_claim(sqlite_service):
    service = sqlite_service
    client = service.client()
    late_order(service, client)
    sent = {"waybill_id": "SF1", "finish_delivery": True}
    client.post("/v1/events", json=event("order.deliver", "e-2", sent, hours=20))

    assert [claim.state for claim in claims(service)] == ["voided"]


def test_a_claim_tells_buyer_and_merchant_how_it_was_worked_out(sqlite_service):
    service = sqlite_service
    client = service.client()
    claim_id = open_claim(client).get_json()["claim_id"]

    said = client.get(f"/v1/claims/{claim_id}").get_json()

    assert "1,000.00 元" in said["for_buyer"]
    assert "价款 50.00 元 × 10，不足 1,000.00 元" in said["for_buyer"]
    assert "计算依据" in said["for_merchant"]
    assert [step["to_state"] for step in said["steps"]] == ["opened", "assessed"]


def test_a_claim_that_a_rule_opened_says_where_its_numbers_come_from(service):
    client = service.client()
    late_order(service, client)
    [claim] = claims(service)

    notice = client.get(f"/v1/claims/{claim.id}").get_json()["for_merchant"]

    assert "参数 延迟发货赔付上限（late_max_fen）" in notice
    assert "来源：" in notice
    assert "事实 已过的时限：发货时限" in notice
    assert not re.search(r"law:|platform:|未注明|[a-z]+\.[a-z]+|True|\+00:00", notice), notice


def test_a_key_of_another_shop_sees_and_decides_no_claim(sqlite_service):
    service = sqlite_service
    claim_id = open_claim(service.client()).get_json()["claim_id"]
    other = service.client("money", shops=["shop-2"])

    assert other.get("/v1/claims").get_json()["items"] == []
    assert other.get(f"/v1/claims/{claim_id}").status_code == 404
    assert other.post(f"/v1/claims/{claim_id}/approve", json={"reason": "x"}).status_code == 404
    assert open_claim(other).status_code == 403
    assert other.get("/v1/fund").status_code == 403


def test_a_shops_own_key_spends_nothing_of_the_common_fund(sqlite_service):
    claim_id = open_claim(sqlite_service.client()).get_json()["claim_id"]
    own = sqlite_service.client("money", shops=["shop-1"])

    assert own.get(f"/v1/claims/{claim_id}").status_code == 200
    assert own.post(f"/v1/claims/{claim_id}/approve", json={"reason": "应付"}).status_code == 403


def test_the_same_order_of_two_shops_is_two_orders(sqlite_service):
    service = sqlite_service
    client = service.client()
    first, second = open_claim(client), open_claim(client, shop_id="shop-2")

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.get_json()["claim_id"] != second.get_json()["claim_id"]


def test_money_comes_in_once_and_the_same_id_with_another_amount_is_refused(sqlite_service):
    service = sqlite_service
    client = service.client()

    assert put_fund(client).status_code == put_fund(client).status_code == 201
    assert put_fund(client, fen=5).status_code == 409
    [fund] = [each for each in client.get("/v1/fund").get_json()["accounts"] if each["account"] == "fund"]
    assert fund["available_fen"] == 10_000_000
    checked = client.get("/v1/fund/check").get_json()
    assert (checked["ok"], checked["findings"]) == (True, [])


def test_balances_are_asked_for_at_an_earlier_instant(sqlite_service):
    service = sqlite_service
    client = service.client()
    put_fund(client)
    earlier = client.get("/v1/fund", query_string={"at": "2026-11-23T09:00:00+00:00"}).get_json()

    assert earlier["accounts"] == []


def test_every_deed_with_money_is_in_the_audit_rows(service):
    client = service.client()
    put_fund(client)
    claim_id = open_claim(client).get_json()["claim_id"]
    client.post(f"/v1/claims/{claim_id}/approve", json={"reason": "属实"})
    client.post("/v1/fund/stops", json={"scope": "all", "reason": "先停"})

    with service.parts.db.read() as session:
        deeds = set(session.scalars(select(AuditRow.action)))
    assert {"fund.funding", "claim.open", "claim.approve", "fund.stop"} <= deeds


@pytest.mark.parametrize(
    "body", [{"cause": "bad"}, {"paid_fen": 0}, {"order_id": ""}, {"reason": " "}, {"amount_fen": 1.5}]
)
def test_a_bad_claim_is_refused_with_its_place(sqlite_service, body):
    service = sqlite_service
    answer = open_claim(service.client(), **body)

    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"]


def test_a_sign_off_that_was_withdrawn_meanwhile_is_missed_before_money_leaves(sqlite_database, judge, tmp_path):
    fund = Fund(sqlite_database, tmp_path)
    signed = {"object_type": "parameter", "pack": "compensation", "name": "late_rate_bp", "value": 500}
    held = SignOff("s-1", **signed, basis="协议", signed_by="a", approved_by="b", valid_from=date(2026, 1, 1))
    fund.parts.live.swap(replace(judge, sign_offs=SignOffs([held])))
    first = fund.open(basis={"rule": "S8-40", "sign_offs": [signed]})
    fund.pay()
    assert fund.claim(first).state == "recovering"

    second = fund.open(order_id="order-2", basis={"rule": "S8-40", "sign_offs": [signed]})
    fund.parts.live.swap(replace(judge, sign_offs=SignOffs()))
    fund.pay()
    assert (fund.claim(second).state, fund.claim(second).waits_for) == ("assessed", ["unsigned"])
