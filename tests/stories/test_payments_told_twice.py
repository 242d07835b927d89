"""An order is paid once: another word about its payment is a doubt, and money waits until a person settles it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.events.stored import SentEvent
from app.flows.decide_case import decide_case
from app.flows.decide_claim import approve_claim
from app.flows.take_event import take_event
from app.models import AuditRow, Case
from app.review.cases import Said
from tests.money import CAI, LIN, Fund
from tests.service import START
from tests.tellings import another, rules, settle, tell

PAID = {"paid_fen": 100_000, "transaction_id": "T-1"}
SPLIT = {
    "transaction_id": "T-1",
    "order_id": "o-1",
    "receivers": [
        {
            "type": "MERCHANT_ID",
            "account": "1900000109",
            "amount_fen": 25_000,
            "relation": "SERVICE_PROVIDER",
            "name_encrypted": True,
        }
    ],
    "unsplit_fen": 100_000,
    "max_ratio_bp": 3000,
}


def order(client):
    return client.get("/v1/orders/o-1").get_json()


@pytest.mark.parametrize("hours", [-60, -70], ids=["later", "dated back"])
def test_what_was_told_first_stands_and_the_contradiction_is_a_case(service, hours):
    client = service.client()
    tell(client, "p-1", "order.paid", "o-1", PAID, hours=-65)

    tell(client, "p-2", "order.paid", "o-1", PAID | {"paid_fen": 900_000}, hours=hours)

    assert order(client)["paid_fen"] == 100_000
    assert (order(client)["contested_count"], order(client)["contested_fen"]) == (1, 900_000)
    with service.parts.db.read() as session:
        case = session.scalars(select(Case).where(Case.subject == "o-1", Case.natural_key.contains("S8-16f"))).one()
    assert (case.state, case.amount_fen) == ("open", 900_000)
    assert "S8-13d" in rules(tell(client, "s-1", "split.request", "S-1", SPLIT, hours=-50))
    asked = {"refund_fen": 10, "split_fen": 0, "returned_fen": 0, "available_fen": 10**9}
    assert "S8-16e" in rules(tell(client, "r-1", "refund.request", "o-1", asked, hours=-49))


def test_a_telling_that_only_adds_contradicts_nothing(service):
    client = service.client()
    tell(client, "p-1", "order.paid", "o-1", {"paid_fen": 100_000}, hours=-65)
    tell(client, "p-2", "order.paid", "o-1", PAID | {"out_trade_no": "N-1"}, hours=-64.5)
    notice = PAID | {"order_id": "o-1", "paid_at": (START - timedelta(hours=65)).isoformat()}
    tell(client, "n-1", "payment.succeeded", "T-1", notice, hours=-65)

    assert (order(client)["transaction_id"], order(client)["contested_count"]) == ("T-1", None)
    assert rules(tell(client, "s-1", "split.request", "S-1", SPLIT, hours=-50)) == set()


@pytest.mark.parametrize("other", [{"transaction_id": "T-2"}, {"hours": -30}], ids=["number", "time"])
def test_the_same_sum_by_another_number_or_time_is_a_doubt_too(service, other):
    client = service.client()
    tell(client, "p-1", "order.paid", "o-1", PAID, hours=-65)
    again = {"hours": -64.5} | other
    hours = again.pop("hours")

    assert rules(tell(client, "p-2", "order.paid", "o-1", PAID | again, hours=hours)) == {"S8-16g"}
    assert order(client)["transaction_id"] == "T-1"


def test_a_person_says_which_counts_and_everything_since_goes_by_it(service):
    client = service.client()
    tell(client, "p-1", "order.paid", "o-1", PAID, hours=-65)
    tell(client, "p-2", "order.paid", "o-1", PAID | {"paid_fen": 50_000}, hours=-64.5)
    told = client.get("/v1/orders/o-1/payments").get_json()["items"]
    assert [(each["paid_fen"], each["contests"], each["in_force"]) for each in told] == [
        (100_000, [], True),
        (50_000, ["paid_fen"], False),
    ]

    body = {"telling": told[1]["telling"], "reason": "与支付平台账单一致"}
    first = client.post("/v1/orders/o-1/payments", json=body)
    assert (first.status_code, first.get_json()["first"]["telling"]) == (200, body["telling"])
    assert order(client)["contested_count"] == 1
    same = client.post("/v1/orders/o-1/payments", json=body)
    assert (same.status_code, same.get_json()["type"]) == (403, "urn:weiheng:problem:same_person")
    answer = another(service).post("/v1/orders/o-1/payments", json=body, headers={"Idempotency-Key": "k-1"})

    assert (answer.status_code, answer.get_json()["first"]) == (200, None)
    assert (order(client)["paid_fen"], order(client)["contested_count"]) == (50_000, None)
    with service.parts.db.read() as session:
        states = set(session.scalars(select(Case.state).where(Case.natural_key.contains("S8-16f"))))
        audit = session.scalars(select(AuditRow).where(AuditRow.action == "order.settle_payment")).one()
    assert states == {"superseded"}
    assert [each["paid_fen"] for each in audit.details["told"]] == [100_000, 50_000]
    assert rules(tell(client, "s-1", "split.request", "S-1", SPLIT, hours=-50)) >= {"S8-11d"}
    again = client.post("/v1/orders/o-1/payments", json=body, headers={"Idempotency-Key": "k-2"})
    assert again.status_code == 409
    third = tell(client, "p-3", "order.paid", "o-1", PAID | {"paid_fen": 1}, hours=-64)
    assert rules(third) == {"S8-16f"}
    assert third["cases"]


def test_the_fund_pays_no_claim_of_a_contested_order_not_even_an_approved_one_until_it_is_settled(
    database, judge, tmp_path
):
    fund = Fund(database, tmp_path, judge=judge)
    claim = fund.open(order_id="o-1")
    approve_claim(fund.parts, claim.id, reason="属实", caller=LIN, now=fund.clock())
    for number, paid_fen in enumerate((20_000, 90_000)):
        facts = {"paid_fen": paid_fen, "transaction_id": "4200001"}
        at = START + timedelta(minutes=number)
        sent = SentEvent(f"p-{number}", "order.paid", "channels:main", "shop-1", "o-1", at, facts)
        assert take_event(fund.parts, sent, actor="test", now=fund.clock()).status == "accepted"

    fund.pay()
    assert (fund.channel.paid, fund.claim(claim).waits_for) == ({}, ["contested"])
    assert fund.claim(claim).state == "approved"

    settle(fund.parts, "p-0", by=(LIN, CAI), now=fund.clock())
    fund.pay()
    assert fund.claim(claim).state == "recovering"
    assert fund.findings() == []


@pytest.mark.parametrize("approves", [False, True], ids=["automatic", "approved before"])
def test_claims_of_the_first_order_of_a_payment_wait_while_the_second_is_frozen(database, judge, tmp_path, approves):
    fund = Fund(database, tmp_path, judge=judge)
    claim = fund.open(order_id="o-1")
    if approves:
        approve_claim(fund.parts, claim.id, reason="属实", caller=LIN, now=fund.clock())
    fund.clock.advance(minutes=5)
    for order_id in ("o-1", "o-2"):
        facts = {"paid_fen": 20_000, "transaction_id": "4200001"}
        sent = SentEvent(f"p-{order_id}", "order.paid", "channels:main", "shop-1", order_id, START, facts)
        assert take_event(fund.parts, sent, actor="test", now=fund.clock()).status == "accepted"

    fund.pay()
    assert (fund.channel.paid, fund.claim(claim).waits_for) == ({}, ["contested"])

    with fund.parts.db.read() as session:
        case = session.scalars(select(Case).where(Case.subject == "o-2", Case.natural_key.contains("S8-16h"))).one()
    said = Said("pass", "合并付款，账单已核")
    decide_case(fund.parts, case.id, said, caller=replace(LIN, grants=frozenset({"senior"})), now=fund.clock())
    fund.pay()
    assert fund.claim(claim).state == "recovering"
    assert fund.findings() == []


def test_a_refund_told_for_two_orders_is_seen_by_its_own_number(service):
    client = service.client()
    for number in ("1", "2"):
        tell(client, f"p-{number}", "order.paid", f"o-{number}", {"paid_fen": 100_000}, hours=-65)
    told = {"result": "success", "amount_fen": 900}
    assert rules(tell(client, "r-1", "refund.finished", "R-1", told | {"order_id": "o-1"})) == set()

    assert rules(tell(client, "r-2", "refund.finished", "R-1", told | {"order_id": "o-2"})) == {"S8-16h"}
