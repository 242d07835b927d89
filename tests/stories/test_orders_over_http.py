"""An order is shown whole, lists page and filter, and a key sees its shops alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.flows.due_deadlines import due_deadlines
from app.flows.watch_feeds import beat
from tests.service import START


@pytest.fixture
def client(service):
    client = service.client("events")
    for shop_id, order_id, hours in (("shop-1", "o-1", 0), ("shop-1", "o-2", 1), ("shop-2", "o-1", 2)):
        at = (START - timedelta(hours=60 - hours)).isoformat()
        body = {"id": order_id, "kind": "order.paid", "subject": order_id, "shop_id": shop_id, "occurred_at": at}
        client.post("/v1/events", json=body | {"data": {"paid_fen": 100, "stock_type": "spot", "buyer_ref": "b-1"}})
    at = (START - timedelta(hours=50)).isoformat()
    sent = {"id": "d-1", "kind": "order.deliver", "subject": "o-1", "shop_id": "shop-1", "occurred_at": at}
    client.post("/v1/events", json=sent | {"data": {"waybill_id": "SF1"}})
    for shop_id in ("shop-1", "shop-2"):
        beat(service.parts, shop_id, now=service.clock())
    while due_deadlines(service.parts, now=service.clock()):
        pass
    return client


def ids(answer):
    return [(item["shop_id"], item["order_id"]) for item in answer.get_json()["items"]]


def test_one_order_comes_whole(client):
    order = client.get("/v1/orders/o-1?shop_id=shop-1").get_json()

    assert (order["order_id"], order["paid_fen"], order["buyer_ref"]) == ("o-1", 100, "b-1")
    assert [parcel["id"] for parcel in order["parcels"]] == ["SF1"]
    assert [event["kind"] for event in order["events"]] == ["order.paid", "order.deliver"]
    assert {each["name"]: each["state"] for each in order["deadlines"]}["dispatch"] == "met"
    assert "shipped_at" in order["history"][1]["changed"]


def test_an_id_of_two_shops_asks_which(client):
    assert client.get("/v1/orders/o-1").status_code == 409
    assert client.get("/v1/orders/o-2").status_code == 200
    assert client.get("/v1/orders/o-9").status_code == 404


def test_lists_filter_and_page(client):
    assert len(ids(client.get("/v1/orders"))) == 3
    assert ids(client.get("/v1/orders?state=late")) == [("shop-2", "o-1"), ("shop-1", "o-2")]
    assert ids(client.get("/v1/orders?state=sent")) == [("shop-1", "o-1")]
    since = (START - timedelta(hours=59, minutes=30)).isoformat()
    assert ids(client.get("/v1/orders", query_string={"paid_from": since, "shop_id": "shop-1"})) == [("shop-1", "o-2")]
    first = client.get("/v1/orders?limit=2").get_json()
    rest = client.get(f"/v1/orders?limit=2&cursor={first['next_cursor']}")
    assert ids(rest) == [("shop-1", "o-1")]
    assert rest.get_json()["next_cursor"] is None


def test_deadlines_page_by_due_time(client):
    first = client.get("/v1/deadlines?limit=1&kind=order.overdue").get_json()
    rest = client.get(f"/v1/deadlines?kind=order.overdue&cursor={first['next_cursor']}").get_json()

    assert len(first["items"] + rest["items"]) == 3
    assert first["items"][0]["due_at"] <= rest["items"][0]["due_at"]
    passed = client.get("/v1/deadlines?state=passed&kind=order.overdue").get_json()["items"]
    assert {(each["shop_id"], each["order_id"]) for each in passed} == {("shop-1", "o-2"), ("shop-2", "o-1")}


@pytest.mark.usefixtures("client")
def test_a_key_sees_its_own_shops_alone(service):
    own = service.client("events", shops=["shop-2"])

    assert ids(own.get("/v1/orders")) == [("shop-2", "o-1")]
    assert own.get("/v1/orders/o-2").status_code == 404
    assert {each["shop_id"] for each in own.get("/v1/deadlines").get_json()["items"]} == {"shop-2"}
    assert [each["shop_id"] for each in own.get("/v1/feeds").get_json()["items"]] == ["shop-2"]
    assert own.post("/v1/feeds/shop-1/beat").status_code == 403


def test_a_beat_keeps_a_quiet_feed_fresh(client, service):
    service.clock.advance(minutes=50)
    client.post("/v1/feeds/shop-1/beat")
    service.clock.advance(minutes=50)

    fresh = {each["shop_id"]: each["fresh"] for each in client.get("/v1/feeds").get_json()["items"]}

    assert fresh == {"shop-1": True, "shop-2": False}
