"""What arose only of a telling that does not count falls and comes back with it; what a person decided stays."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.flows.due_deadlines import due_deadlines
from app.models import AuditRow, Case, Effect, Order
from tests.stories.test_told_twice import REQUEST
from tests.tellings import choose, rules, tell, things

PAID = {"paid_fen": 40_000, "transaction_id": "T-1"}
PRESALE = {"paid_fen": 41_000, "transaction_id": "T-1", "stock_type": "presale"}
"""A presale without an announced dispatch: S3-12 blocks it."""


def pay(client, event, data, order_id="o-1", hours=-65.0):
    return tell(client, event, "order.paid", order_id, data, hours=hours)


def case_of(service, rule, subject="o-1"):
    with service.parts.db.read() as session:
        own = Case.natural_key.contains(f"|{rule}|")
        return session.scalars(select(Case).where(Case.subject == subject, own)).one()


def marks(service, case):
    with service.parts.db.read() as session:
        own = (AuditRow.object_type == "case") & (AuditRow.object_id == case.id) & AuditRow.action.like("case.%founded")
        return list(session.scalars(select(AuditRow.action).where(own).order_by(AuditRow.id)))


def open_effects(service, subject="o-1"):
    with service.parts.db.read() as session:
        found = session.scalars(select(Effect).where(Effect.subject == subject, Effect.state == "open"))
        return {(row.rule, row.verb) for row in found}


def order(service, order_id="o-1"):
    with service.parts.db.read() as session:
        return session.scalars(select(Order).where(Order.subject == order_id)).one()


def settle(client, event):
    answer = choose(client, "payment", event)
    assert answer.status_code == 200, answer.get_json()


def test_a_case_of_the_lost_telling_is_withdrawn_and_comes_back_with_it(service):
    client = service.client()
    pay(client, "p-1", PRESALE)
    assert case_of(service, "S3-12").state == "open"
    pay(client, "p-2", PAID)

    settle(client, "p-2")

    case = case_of(service, "S3-12")
    assert case.state == "superseded"
    assert ("S3-12", "open_case") not in open_effects(service)
    assert (order(service).paid_fen, order(service).stock_type) == (40_000, None)
    assert marks(service, case) == ["case.unfounded"]
    with service.parts.db.read() as session:
        said = session.scalars(select(AuditRow).where(AuditRow.action == "order.rejudged")).one()
    assert "S3-12" in {each["rule"] for each in said.details["withdrawn"]}

    pay(client, "p-3", PAID | {"paid_fen": 1})
    settle(client, "p-1")

    assert case_of(service, "S3-12").state == "open"
    assert (order(service).paid_fen, order(service).stock_type) == (41_000, "presale")
    assert marks(service, case) == ["case.unfounded", "case.founded"]


def test_what_a_person_decided_stays_theirs_and_bears_a_mark(service):
    client = service.client()
    pay(client, "p-1", PRESALE)
    case = case_of(service, "S3-12")
    said = {"decision": "block", "reason": "预售未公示发货时间", "policy": "S3-12"}
    assert client.post(f"/v1/cases/{case.id}/decide", json=said).status_code == 200
    pay(client, "p-2", PAID)

    settle(client, "p-2")

    now = case_of(service, "S3-12")
    assert (now.state, now.outcome, now.decided_by) == ("decided", "block", "key:hook")
    assert marks(service, case) == ["case.unfounded"]
    pay(client, "p-3", PAID | {"paid_fen": 1})
    settle(client, "p-1")
    assert (case_of(service, "S3-12").state, marks(service, case)[-1]) == ("decided", "case.founded")


def test_a_telling_that_contradicts_changes_no_column_before_anybody_has_chosen(service):
    client = service.client()
    pay(client, "p-1", PAID | {"category": "toys"})

    pay(client, "p-2", PRESALE | {"category": "fresh", "promise_hours": 1, "out_trade_no": "N-2"})

    row = order(service)
    assert (row.category, row.stock_type, row.promise_hours, row.out_trade_no) == ("toys", None, None, None)
    settle(client, "p-2")
    row = order(service)
    assert (row.category, row.stock_type, row.promise_hours, row.out_trade_no) == ("fresh", "presale", 1, "N-2")


def test_a_deadline_goes_by_the_payment_that_counts(service):
    client = service.client()
    service.clock.advance(hours=3)
    pay(client, "p-1", PAID | {"stock_type": "spot", "promise_hours": 1})
    pay(client, "p-2", PAID | {"stock_type": "spot", "paid_fen": 39_000})
    assert "S8-40" not in {rule for rule, _ in open_effects(service)}
    while due_deadlines(service.parts, now=service.clock()):
        pass
    assert "S8-40" in {rule for rule, _ in open_effects(service)}
    tell(client, "d-1", "order.deliver", "o-1", {"waybill_id": "SF1"}, hours=-20)

    settle(client, "p-2")

    assert "S8-40" not in {rule for rule, _ in open_effects(service)}


def test_a_payment_number_of_a_lost_telling_is_the_orders_no_more(service):
    client = service.client()
    pay(client, "p-9", PAID | {"transaction_id": "T-9"}, order_id="o-9", hours=-66)
    wrong = pay(client, "p-1", PAID | {"transaction_id": "T-9"})
    assert "S8-16h" in rules(wrong)
    assert ("S8-16h", "freeze") in open_effects(service)
    notice = {"paid_fen": 40_000, "transaction_id": "T-9", "paid_at": "2026-11-20T16:00:00+00:00"}
    tell(client, "n-9", "payment.succeeded", "T-9", notice, hours=-66)
    pay(client, "p-2", PAID)

    settle(client, "p-2")

    assert order(service).transaction_id == "T-1"
    assert open_effects(service) == set()
    assert case_of(service, "S8-16h").state == "superseded"
    kinds = [each["id"] for each in client.get("/v1/orders/o-1").get_json()["events"]]
    assert "n-9" not in kinds
    assert "n-9" in [each["id"] for each in client.get("/v1/orders/o-9").get_json()["events"]]
    assert "S8-13e" not in rules(tell(client, "s-1", "split.request", "S-1", REQUEST | {"unsplit_fen": 40_000}))

    pay(client, "p-3", PAID | {"paid_fen": 1})
    settle(client, "p-1")

    assert ("S8-16h", "freeze") in open_effects(service)
    assert "n-9" in [each["id"] for each in client.get("/v1/orders/o-1").get_json()["events"]]


def test_another_order_that_was_suspected_because_of_the_lost_telling_is_free(service):
    client = service.client()
    pay(client, "p-1", PAID | {"transaction_id": "T-9"})
    second = pay(client, "p-9", PAID | {"transaction_id": "T-9"}, order_id="o-9")
    assert "S8-16h" in rules(second)
    pay(client, "p-2", PAID)

    settle(client, "p-2")

    assert open_effects(service, "o-9") == set()
    assert case_of(service, "S8-16h", "o-9").state == "superseded"
    assert marks(service, case_of(service, "S8-16h", "o-9")) == ["case.unfounded"]


@pytest.mark.parametrize("lifts", [False, True])
def test_a_freeze_of_the_lost_telling_is_undone_but_what_a_person_lifted_stays_lifted(service, lifts):
    client = service.client()
    pay(client, "p-9", PAID | {"transaction_id": "T-9"}, order_id="o-9", hours=-66)
    pay(client, "p-1", PAID | {"transaction_id": "T-9"})
    if lifts:
        case = case_of(service, "S8-16h")
        assert (
            client.post(f"/v1/cases/{case.id}/decide", json={"decision": "pass", "reason": "已核"}).status_code == 200
        )
    pay(client, "p-2", PAID)
    settle(client, "p-2")
    assert ("S8-16h", "freeze") not in open_effects(service)

    pay(client, "p-3", PAID | {"paid_fen": 1})
    settle(client, "p-1")

    assert (("S8-16h", "freeze") in open_effects(service)) is not lifts
    assert (case_of(service, "S8-16h").state == "decided") is lifts


def test_why_says_of_the_lost_payment_that_nothing_follows_from_it(service):
    client = service.client()
    pay(client, "p-1", PRESALE)
    pay(client, "p-2", PAID)
    settle(client, "p-2")

    asked = {"shop_id": "shop-1", "source": "shop:shop-1", "event_id": "p-1"}
    lost = client.get("/v1/events/why", query_string=asked).get_json()["items"][0]

    assert (lost["void"], lost["decision"], lost["replayed"]) == (True, "pass", {"same": True})
    assert [each["in_force"] for each in things(client)["payment"]["tellings"]] == [True, False]
