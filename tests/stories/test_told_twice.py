"""What happens once and is told twice: alike it changes nothing, otherwise it is a case and money waits."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.events.told_once import ONCE
from app.models import AuditRow, Case, Effect, Order, Refund, Split
from tests.console import PASSWORD, put_officer, sign_in
from tests.service import START
from tests.tellings import rules, tell

RECEIVER = {"type": "MERCHANT_ID", "account": "1900000109", "amount_fen": 20_000}
ASKED = RECEIVER | {"relation": "SERVICE_PROVIDER", "name_encrypted": True}
GOT = RECEIVER | {"result": "SUCCESS", "fail_reason": ""}
OF = {"order_id": "o-1", "transaction_id": "T-1"}
REQUEST = OF | {"receivers": [ASKED], "unsplit_fen": 100_000, "max_ratio_bp": 3000}
RESULT = OF | {"state": "finished", "receivers": [GOT]}
RETURN = OF | {"out_return_no": "B-1", "amount_fen": 5_000, "result": "success"}
REFUND = OF | {"refund_id": "R-1", "after_sale_id": "A-1", "result": "success", "amount_fen": 9_000}
SALE = {"order_id": "o-1", "status": "refunded", "amount_fen": 9_000}
GUARANTEE = {"order_id": "o-1", "type": "fake", "status": "paid", "amount_fen": 9_000}
TWICE = [
    ("order.deliver", "o-1", {"waybill_id": "SF1"}, {"hours": -60}),
    ("order.cancel", "o-1", {"cancel_type": "buyer"}, {"cancel_type": "oversold"}),
    ("order.confirm", "o-1", {}, {"hours": -20}),
    ("order.settle", "o-1", {}, {"hours": -20}),
    ("aftersale.update", "A-1", SALE, {"amount_fen": 8_000}),
    ("aftersale.update", "A-1", SALE, {"status": "closed"}),
    ("refund.finished", "R-1", REFUND, {"amount_fen": 8_000}),
    ("refund.finished", "R-1", REFUND, {"result": "closed"}),
    ("refund.finished", "R-1", REFUND, {"hours": -20}),
    ("refund.finished", "R-1", REFUND, {"after_sale_id": "A-2"}),
    ("split.request", "S-1", REQUEST, {"receivers": [ASKED | {"amount_fen": 25_000}]}),
    ("split.request", "S-1", REQUEST, {"receivers": [ASKED, ASKED | {"account": "1900000110"}]}),
    ("split.result", "S-1", RESULT, {"receivers": [GOT | {"amount_fen": 1}]}),
    ("split.result", "S-1", RESULT, {"receivers": [GOT | {"result": "CLOSED", "fail_reason": "NO_AUTH"}]}),
    ("split.return", "S-1", RETURN, {"amount_fen": 6_000}),
    ("split.return", "S-1", RETURN, {"result": "failed", "hours": -40}),
    ("split.unfreeze", "T-1", {"order_id": "o-1", "amount_fen": 700}, {"amount_fen": 800}),
    ("guarantee.update", "G-1", GUARANTEE, {"amount_fen": 1}),
]


def paid(service, order_id="o-1", number="T-1"):
    client = service.client()
    tell(client, f"paid-{order_id}", "order.paid", order_id, {"paid_fen": 100_000, "transaction_id": number}, hours=-65)
    return client


def rows(service):
    """The rows of the order, its refunds and splits, without what is noted of who told what."""
    with service.parts.db.read() as session:
        found = [row for table in (Order, Refund, Split) for row in session.scalars(select(table))]
        kept = {"id", "version", "updated_at", "payments", "contested_count"}
        return [{name: getattr(row, name) for name in row.__table__.c.keys() if name not in kept} for row in found]  # noqa: SIM118


def case_of(service):
    with service.parts.db.read() as session:
        return session.scalars(select(Case).where(Case.natural_key.contains("|S8-16i|"))).one()


def test_every_kind_of_the_table_is_told_twice_here():
    assert {kind for kind, *_ in TWICE} == ONCE.keys()


@pytest.mark.parametrize(("kind", "subject", "data"), {kind: (kind, s, d) for kind, s, d, _ in TWICE}.values())
def test_the_same_told_again_under_another_id_is_nothing_new(service, kind, subject, data):
    client = paid(service)
    tell(client, "first", kind, subject, data)
    before = rows(service)

    again = tell(client, "again", kind, subject, data)

    assert rows(service) == before
    assert "S8-16i" not in rules(again)
    assert client.get("/v1/orders/o-1").get_json()["contested_count"] is None


@pytest.mark.parametrize(("kind", "subject", "data", "other"), TWICE)
def test_what_is_told_otherwise_changes_nothing_is_one_case_and_money_waits_until_it_is_decided(
    service, kind, subject, data, other
):
    client = paid(service)
    tell(client, "first", kind, subject, data)
    before = rows(service)
    other = dict(other)
    hours = other.pop("hours", -50.0)

    answer = tell(client, "other", kind, subject, data | other, hours=hours)

    assert rows(service) == before
    assert client.get("/v1/orders/o-1").get_json()["contested_count"] == 1
    case = case_of(service)
    assert case.state == "open"
    if hours == -50.0:
        assert "S8-16i" in rules(answer)
    probe = REQUEST | {"receivers": [ASKED | {"amount_fen": 1}]}
    assert "S8-13d" in rules(tell(client, "probe", "split.request", "S-9", probe, hours=-10))

    decided = client.post(f"/v1/cases/{case.id}/decide", json={"decision": "pass", "reason": "以最先报送的为准"})

    assert decided.status_code == 200, decided.get_json()
    assert client.get("/v1/orders/o-1").get_json()["contested_count"] is None
    assert case_of(service).state == "decided"
    assert "S8-13d" not in rules(tell(client, "probe-2", "split.request", "S-8", probe, hours=-9))


@pytest.mark.parametrize(
    ("kind", "subject", "first", "then"),
    [
        ("aftersale.update", "A-1", SALE | {"status": "opened", "amount_fen": 5_000}, SALE),
        ("refund.finished", "R-1", REFUND | {"result": "abnormal"}, REFUND),
        ("split.result", "S-1", RESULT | {"state": "processing", "receivers": [GOT | {"result": "PENDING"}]}, RESULT),
        ("split.return", "S-1", RETURN | {"result": "failed"}, RETURN),
        ("order.deliver", "o-1", {"waybill_id": "SF1"}, {"waybill_id": "SF2"}),
        (
            "order.deliver",
            "o-1",
            {"waybill_id": "SF1", "delivery_id": "SF"},
            {"waybill_id": "SF1", "delivery_id": "YTO"},
        ),
    ],
)
def test_what_moves_on_or_is_put_right_contradicts_nothing(service, kind, subject, first, then):
    client = paid(service)
    tell(client, "first", kind, subject, first, hours=-50)

    assert "S8-16i" not in rules(tell(client, "then", kind, subject, then, hours=-49.5))
    assert client.get("/v1/orders/o-1").get_json()["contested_count"] is None


def test_a_third_telling_after_the_decision_is_a_new_case(service):
    client = paid(service)
    for number, amount_fen in enumerate((9_000, 8_000)):
        tell(client, f"r-{number}", "refund.finished", "R-1", REFUND | {"amount_fen": amount_fen})
    client.post(f"/v1/cases/{case_of(service).id}/decide", json={"decision": "pass", "reason": "以最先报送的为准"})

    tell(client, "r-3", "refund.finished", "R-1", REFUND | {"amount_fen": 8_000})

    with service.parts.db.read() as session:
        found = session.scalars(select(Case).where(Case.natural_key.contains("|S8-16i|")).order_by(Case.opened_at))
        assert sorted(each.state for each in found) == ["decided", "open"]
    assert client.get("/v1/orders/o-1").get_json()["refunded_fen"] == 9_000


def test_one_payment_for_two_orders_freezes_the_second_until_its_case_is_decided(service):
    client = paid(service)
    second = tell(client, "p-2", "order.paid", "o-2", {"paid_fen": 100_000, "transaction_id": "T-1"}, hours=-64)
    assert "S8-16h" in rules(second)
    assert "S8-13e" in rules(tell(client, "s-1", "split.request", "S-1", REQUEST))
    [case_id] = second["cases"]

    decided = client.post(f"/v1/cases/{case_id}/decide", json={"decision": "pass", "reason": "合并付款，账单已核"})

    assert decided.status_code == 200, decided.get_json()
    with service.parts.db.read() as session:
        assert set(session.scalars(select(Effect.state).where(Effect.verb == "freeze"))) == {"lifted"}
        assert session.scalars(select(AuditRow).where(AuditRow.action == "subject.unfreeze")).one().reason
    assert "S8-13e" not in rules(tell(client, "s-2", "split.request", "S-2", REQUEST, hours=-49))


def test_a_split_told_together_with_the_second_order_of_its_payment_waits_too(service):
    client = paid(service)
    at = (START - timedelta(hours=50)).isoformat()
    events = [
        {"id": "p-2", "kind": "order.paid", "subject": "o-2", "data": {"paid_fen": 1, "transaction_id": "T-1"}},
        {"id": "s-1", "kind": "split.request", "subject": "S-1", "data": REQUEST | {"order_id": "o-2"}},
    ]
    sent = [each | {"shop_id": "shop-1", "occurred_at": at} for each in events]

    _, split = client.post("/v1/events", json={"events": sent}).get_json()["results"]

    assert "S8-13e" in rules(split)


def test_a_refund_before_the_payment_is_a_case(service):
    client = service.client()
    tell(client, "r-1", "refund.finished", "R-1", {"order_id": "o-1", "result": "success", "amount_fen": 1}, hours=-66)

    assert rules(tell(client, "p-1", "order.paid", "o-1", {"paid_fen": 100_000}, hours=-65)) == {"S8-16j"}


def test_the_page_of_the_case_says_both_times_as_people_read_them(service):
    client = paid(service)
    tell(client, "first", "order.deliver", "o-1", {"waybill_id": "SF1"}, hours=-50)
    tell(client, "other", "order.deliver", "o-1", {"waybill_id": "SF1"}, hours=-40)
    put_officer(service)
    officer, _ = sign_in(service, password=PASSWORD)

    page = officer.get(f"/console/cases/{case_of(service).id}").text

    assert "时间 2026-11-21 16:00 → 2026-11-22 02:00" in page
