"""Events through HTTP: taken once, answered one by one, kept as typed tables, scoped to shops."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from app import event_log
from app.flows.put_on_lines import Arrived, put_on_lines
from app.models import Effect, Event, EventConflict, Order, Parcel, Refund
from app.values.facts import Happened
from tests.service import START, make_service


def paid(event_id="e-1", subject="order-1", **data):
    return event("order.paid", event_id, subject, {"paid_fen": 19900, "stock_type": "spot"} | data)


def event(kind, event_id, subject, data=None, *, hours=0.0, shop_id="shop-1"):
    at = (START - timedelta(days=3) + timedelta(hours=hours)).isoformat()
    return {"id": event_id, "kind": kind, "subject": subject, "shop_id": shop_id, "occurred_at": at, "data": data or {}}


def rows(service, model):
    with service.parts.db.read() as session:
        return list(session.scalars(select(model)))


def test_a_paid_order_is_kept_with_its_columns(service):
    answer = service.client("events").post("/v1/events", json=paid())

    [order] = rows(service, Order)
    assert answer.status_code == 200
    assert answer.get_json()["results"][0]["status"] == "accepted"
    assert (order.subject, order.paid_fen, order.stock_type) == ("order-1", 19900, "spot")
    assert order.paid_at == START - timedelta(days=3)


def test_the_same_event_twice_is_taken_once(service):
    client = service.client("events")
    client.post("/v1/events", json=paid())

    again = client.post("/v1/events", json=paid()).get_json()["results"][0]

    assert again["status"] == "duplicate"
    assert len(rows(service, Event)) == 1


def test_the_same_id_with_other_content_is_refused_and_kept_as_a_conflict(service):
    client = service.client("events")
    client.post("/v1/events", json=paid())

    other = client.post("/v1/events", json=paid(paid_fen=1))

    assert other.status_code == 409
    assert [row.facts["paid_fen"] for row in rows(service, EventConflict)] == [1]
    assert rows(service, Order)[0].paid_fen == 19900


def test_a_value_that_cannot_be_kept_spoils_no_other_event_of_its_batch(service):
    bad = [paid("e-2", "order-2", promise_hours=2**60), paid("e-3", "order-3", refunded_fen=1)]
    alone = service.client("events").post("/v1/events", json=bad[0])
    answer = service.client("events").post("/v1/events", json={"events": [paid(), *bad, paid("e-4", "order-4")]})

    assert alone.status_code == 422
    said = [each["status"] for each in answer.get_json()["results"]]
    assert said == ["accepted", "invalid", "invalid", "accepted"]
    assert sorted(order.subject for order in rows(service, Order)) == ["order-1", "order-4"]


def test_a_bad_event_of_a_batch_spoils_no_other_and_says_where(service):
    bad = [paid("e-2", paid_fen="much"), paid("e-3", paid_fnn=1), {"id": "e-4"}, event("order.pay", "e-5", "o")]

    results = service.client("events").post("/v1/events", json={"events": [paid(), *bad]}).get_json()["results"]

    assert [each["status"] for each in results] == ["accepted"] + ["invalid"] * 4
    fields = [{error["field"] for error in each["errors"]} for each in results[1:]]
    assert fields[0] == {"data.paid_fen"}
    assert "data.paid_fnn" in fields[1]
    assert {"kind", "subject"} <= fields[2]
    assert fields[3] == {"kind"}


def test_an_event_of_another_shop_is_refused(service):
    client = service.client("events", shops=["shop-2"])

    results = client.post("/v1/events", json={"events": [paid(), paid() | {"shop_id": "shop-2"}]}).get_json()["results"]

    assert [each["status"] for each in results] == ["invalid", "accepted"]


def test_events_out_of_order_end_in_the_same_state(service):
    deliver = event("order.deliver", "e-2", "order-1", {"waybill_id": "SF1"}, hours=5)
    cancel = event("order.cancel", "e-3", "order-1", {"cancel_type": "buyer"}, hours=6)
    client = service.client("events")

    for each in (cancel, deliver, paid()):
        client.post("/v1/events", json=each)

    [order], [parcel] = rows(service, Order), rows(service, Parcel)
    assert order.shipped_at == START - timedelta(days=3) + timedelta(hours=5)
    assert order.cancelled_at == START - timedelta(days=3) + timedelta(hours=6)
    assert (parcel.subject, parcel.order_id) == ("SF1", "order-1")


def test_a_payment_notice_and_the_orders_push_become_one_order_whichever_came_first(service):
    at = (START - timedelta(days=3)).isoformat()
    notice = event("payment.succeeded", "n-1", "42", {"paid_at": at, "paid_fen": 19900})
    client = service.client("events")

    for shop, order in (
        ("shop-1", [notice, paid(transaction_id="42")]),
        ("shop-2", [paid(transaction_id="42"), notice]),
    ):
        for each in order:
            client.post("/v1/events", json=each | {"shop_id": shop})

    first, second = sorted(rows(service, Order), key=lambda row: row.shop_id)
    assert (first.subject, first.transaction_id, first.paid_fen) == ("order-1", "42", 19900)
    assert (first.paid_at, first.transaction_id) == (second.paid_at, second.transaction_id)


def test_a_carriers_trace_finds_its_order_by_the_waybill(service):
    client = service.client("events")
    trace = event("logistics.event", "t-1", "SF1", {"action": "picked_up"}, hours=6)

    client.post("/v1/events", json=trace)
    client.post("/v1/events", json=event("order.deliver", "e-2", "order-1", {"waybill_id": "SF1"}, hours=5))

    [parcel] = rows(service, Parcel)
    assert (parcel.order_id, parcel.last_action) == ("order-1", "picked_up")


def test_a_refund_told_by_two_platforms_counts_once(service):
    client = service.client("events")
    told = {"result": "success", "amount_fen": 19900, "order_id": "order-1", "after_sale_id": "as-1"}

    client.post(
        "/v1/events",
        json={
            "events": [
                paid(),
                event("aftersale.update", "a-1", "as-1", {"order_id": "order-1", "status": "opened"}, hours=1),
                event("refund.finished", "r-1", "ref-1", told, hours=2),
                event("refund.finished", "r-2", "ref-1", told, hours=3),
            ]
        },
    )

    [order], [refund] = rows(service, Order), rows(service, Refund)
    assert (order.refunded_fen, order.fully_refunded_at) == (19900, START - timedelta(days=3) + timedelta(hours=2))
    assert refund.refunded_at == order.fully_refunded_at


def test_a_large_order_number_stays_exact(service):
    service.client("events").post("/v1/events", json=paid(subject="3705115058471208928"))

    assert rows(service, Order)[0].subject == "3705115058471208928"


def test_an_event_from_the_future_is_refused(service):
    later = paid() | {"occurred_at": (START + timedelta(hours=1)).isoformat()}

    assert service.client("events").post("/v1/events", json=later).status_code == 422
    assert rows(service, Effect) == []


def test_a_buyer_is_named_by_an_opaque_reference(service):
    refused = service.client("events").post("/v1/events", json=paid(buyer_ref="13800138000"))

    assert refused.status_code == 422
    assert [error["field"] for error in refused.get_json()["errors"]] == ["data.buyer_ref"]
    assert rows(service, Event) == []


def test_an_event_that_only_says_a_waybill_keeps_others_off_the_order_it_belongs_to(postgres_database, judge, tmp_path):
    service = make_service(postgres_database, tmp_path, judge)
    client = service.client("events")
    sent = event("order.deliver", "e-2", "order-1", {"waybill_id": "SF1"}, hours=1)
    client.post("/v1/events", json={"events": [paid(), sent]})
    happened = Happened("logistics.event", "t-1", "carrier", "shop-1", "SF1", START, {"action": "signed"})
    arrived = Arrived(rows(service, Event)[0].id, happened, ("parcel:SF1",))

    def work(session):
        put_on_lines(session, service.parts, [arrived], now=START)
        with service.parts.db.read() as other:
            return event_log.try_lock(other, {"order:order-1", "order:order-2"})

    assert service.parts.db.write(work) == {"order:order-2"}
