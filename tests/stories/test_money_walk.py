"""Splits, refunds and promises as a careless integrator or a merchant with intent tells them, over the served door."""

from __future__ import annotations

import httpx
import pytest

from app.values.access import Scope
from tests.partners import tell
from tests.service import make_service
from tests.serving import serve

RECEIVER = {"type": "MERCHANT_ID", "account": "1900000109", "relation": "SERVICE_PROVIDER", "name_encrypted": True}
GOT = {"type": "MERCHANT_ID", "account": "1900000109", "result": "SUCCESS", "fail_reason": ""}


class Served:
    """A client of a served instance in the shape of Flask's test client."""

    def __init__(self, address, key):
        self._client = httpx.Client(base_url=address, headers={"Authorization": f"Bearer {key}"}, timeout=60)

    def post(self, path, json):
        return Answer(self._client.post(path, json=json))

    def get(self, path):
        return Answer(self._client.get(path))

    def close(self):
        self._client.close()


class Answer:
    def __init__(self, answer):
        self.status_code, self._answer = answer.status_code, answer

    def get_json(self):
        return self._answer.json()


@pytest.fixture
def door(database, judge, tmp_path):
    service = make_service(database, tmp_path, judge)
    with serve(service.app) as address:
        client = Served(address, service.key(*Scope))
        yield client
        client.close()


def rules(answer):
    return {each["rule"] for each in answer["firings"]}


def pay(door, **more):
    return tell(
        door, "order.paid", "o-1", f"p-{len(more)}", {"paid_fen": 100_000, "transaction_id": "T-1"} | more, hours=-65
    )


def split(door, number, fen, *, hours=-40.0, **more):
    said = {"order_id": "o-1", "transaction_id": "T-1", "receivers": [RECEIVER | {"amount_fen": fen}]}
    return tell(
        door,
        "split.request",
        number,
        f"e-{number}",
        said | {"unsplit_fen": 100_000, "max_ratio_bp": 3000} | more,
        hours=hours,
    )


def result(door, number, fen, *, hours=-38.0, state="SUCCESS"):
    said = {"order_id": "o-1", "transaction_id": "T-1", "state": "finished"}
    got = [GOT | {"amount_fen": fen, "result": state, "fail_reason": "" if state == "SUCCESS" else "NO_AUTH"}]
    return tell(door, "split.result", number, f"g-{number}", said | {"receivers": got}, hours=hours)


def refund(door, fen, *, hours=-45.0):
    said = {"order_id": "o-1", "result": "success", "amount_fen": fen}
    return tell(door, "refund.finished", f"R-{fen}", f"r-{fen}", said, hours=hours)


def test_splits_are_added_up_by_what_was_told_and_not_by_what_the_sender_says(door):
    pay(door)
    assert "S8-11g" not in rules(split(door, "S-1", 20_000))

    second = split(door, "S-2", 20_000, hours=-39, shared_fen=0)

    assert (second["decision"], "S8-11g" in rules(second)) == ("block", True)


@pytest.mark.parametrize("frees", ["closed", "returned"])
def test_what_nobody_got_or_came_back_can_be_shared_again(door, frees):
    pay(door)
    split(door, "S-1", 20_000)
    result(door, "S-1", 20_000, state="CLOSED" if frees == "closed" else "SUCCESS")
    if frees == "returned":
        back = {"order_id": "o-1", "out_return_no": "B-1", "amount_fen": 20_000, "result": "success"}
        tell(door, "split.return", "S-1", "b-1", back, hours=-37)

    assert "S8-11g" not in rules(split(door, "S-2", 20_000, hours=-30))


@pytest.mark.parametrize(("refunded", "held"), [(100_000, True), (80_001, True), (80_000, False)])
def test_what_was_refunded_is_not_shared(door, refunded, held):
    pay(door)
    refund(door, refunded)

    assert ("S8-11h" in rules(split(door, "S-1", 20_000))) is held


@pytest.mark.parametrize(("got", "frozen"), [(20_001, True), (20_000, False), (19_000, False)])
def test_a_result_of_more_than_was_asked_freezes_the_split(door, got, frozen):
    pay(door)
    split(door, "S-1", 20_000)

    answer = result(door, "S-1", got)

    assert ("S8-20c" in rules(answer)) is frozen
    assert ("freeze" in {each["verb"] for each in answer["effects"]}) is frozen


@pytest.mark.parametrize("hours", [(24, 500), (500, 24)])
def test_a_promise_to_the_buyer_is_not_made_longer_by_telling_it_again(door, hours):
    for number, promised in enumerate(hours):
        said = {"paid_fen": 100_000, "transaction_id": "T-1", "promise_hours": promised}
        tell(door, "order.paid", "o-1", f"p-{number}", said, hours=-65)

    assert door.get("/v1/orders/o-1").get_json()["promise_hours"] == 24


@pytest.mark.parametrize(("state", "status"), [("NOTPAY", 422), ("CLOSED", 422), ("SUCCESS", 200), ("REFUND", 200)])
def test_a_payment_that_says_it_did_not_happen_is_refused(door, state, status):
    said = {"order_id": "o-1", "paid_at": "2026-11-20T16:00:00+00:00", "paid_fen": 5, "trade_state": state}
    event = {"id": "n-1", "kind": "payment.succeeded", "subject": "T-1", "shop_id": "shop-1", "data": said}

    answer = door.post("/v1/events", json=event | {"occurred_at": "2026-11-20T16:00:00+00:00"})

    assert answer.status_code == status
    if status == 422:
        assert [each["field"] for each in answer.get_json()["errors"]] == ["data.trade_state"]
