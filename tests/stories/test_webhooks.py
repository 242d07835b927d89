"""An uploader's system is told of cases and outcomes by signed webhooks, and a failing receiver loses nothing."""

from __future__ import annotations

import orjson
import pytest
import time_machine
from sqlalchemy import select
from standardwebhooks import Webhook, WebhookVerificationError

from app.models import DeliveryAttempt, IdempotentAnswer, OutboxMessage, QueueRow, WebhookEndpoint
from app.outbox.sending import WAITS_S
from tests.peers import peer
from tests.service import START, make_service
from tests.working import work, work_all

CAPTION = "祖传秘方，包治百病"


def add_endpoint(client, url, **more):
    answer = client.post("/v1/webhooks", json={"url": url, "event_types": ["content.outcome", "case.opened"]} | more)
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return answer.get_json()


def test_a_case_and_its_outcome_are_told_and_verify_with_the_standard_library(service):
    client = service.client()
    with peer() as receiver:
        made = add_endpoint(client, receiver.url + "/hook")
        case_id = service.screen(client, CAPTION).get_json()["case_id"]
        work(service)
        client.post(f"/v1/cases/{case_id}/decide", json={"decision": "pass", "reason": "小说台词"})
        work(service)

    kinds = []
    for _, headers, body in receiver.got:
        signed = {name: headers[name] for name in ("webhook-id", "webhook-timestamp", "webhook-signature")}
        kinds.append(verify_at(START, made["secret"], body, signed)["type"])
    assert kinds == ["case.opened", "content.outcome"]
    told = orjson.loads(receiver.got[1][2])["data"]
    assert (told["content_id"], told["decision"], told["by"]) == ("v-1", "pass", "key")
    assert CAPTION not in b"".join(body for *_, body in receiver.got).decode()
    with pytest.raises(WebhookVerificationError):
        verify_at(START, made["secret"], receiver.got[0][2] + b" ", signed)


def verify_at(at, secret, body, headers):
    """Verify by the public package, which asks the machine what time it is."""
    with time_machine.travel(at, tick=False):
        return Webhook(secret).verify(body, headers)


def test_a_failing_receiver_is_tried_again_later_and_then_gets_the_same_message(service):
    client = service.client()
    with peer((500, b""), (302, b""), (200, b"")) as receiver:
        add_endpoint(client, receiver.url)
        service.screen(client, CAPTION)
        work(service)
        work(service)
        tried_at_once = len(receiver.got)
        for seconds in WAITS_S[:2]:
            service.clock.advance(seconds=seconds * 1.2)
            work(service)

    assert tried_at_once == 1
    assert len(receiver.got) == 3
    assert len({headers["webhook-id"] for _, headers, _ in receiver.got}) == 1
    with service.parts.db.read() as session:
        attempts = session.scalars(select(DeliveryAttempt).order_by(DeliveryAttempt.at)).all()
        message = session.scalars(select(OutboxMessage)).one()
    assert [attempt.http_status for attempt in attempts] == [500, 302, 200]
    assert message.state == "delivered"


def test_a_receiver_that_is_gone_for_good_is_disabled(service):
    client = service.client()
    with peer((410, b"")) as receiver:
        made = add_endpoint(client, receiver.url)
        service.screen(client, CAPTION)
        work(service)
        service.screen(client, CAPTION, content_id="v-2")
        work(service)

    assert len(receiver.got) == 1
    listed = client.get("/v1/webhooks").get_json()["items"]
    assert listed[0]["id"] == made["id"]
    assert listed[0]["disabled_at"] is not None
    assert "secret" not in listed[0]


def test_an_unreachable_receiver_is_given_up_after_75_hours(sqlite_service):
    client = sqlite_service.client()
    add_endpoint(client, "http://127.0.0.1:9/closed", shop_ids=["shop-1"])  # hears nothing of lists that grow old
    sqlite_service.screen(client, CAPTION)

    tries = 0
    while True:
        work(sqlite_service)
        with sqlite_service.parts.db.read() as session:
            row = session.scalars(select(QueueRow).where(QueueRow.kind == "deliver_webhook")).one()
        tries = row.attempts
        if row.state == "failed":
            break
        sqlite_service.clock.at = row.due_at

    with sqlite_service.parts.db.read() as session:
        assert session.scalars(select(OutboxMessage.state)).one() == "failed"
    assert tries == len(WAITS_S) + 1
    assert sum(WAITS_S) == 75 * 3600


def test_another_shops_endpoint_hears_nothing(service):
    client = service.client()
    with peer() as receiver:
        add_endpoint(client, receiver.url, shop_ids=["shop-2"])
        service.screen(client, CAPTION)
        work_all(service)

    assert receiver.got == []


def test_secrets_are_sealed_and_addresses_inside_are_refused(sqlite_database, judge, tmp_path):
    service = make_service(sqlite_database, tmp_path, judge, outbox_allow_private=False)
    client = service.client()
    wanted = {"event_types": ["case.opened"]}

    refused = [client.post("/v1/webhooks", json=wanted | {"url": url}).status_code for url in ("http://example.com/x",)]
    made = client.post("/v1/webhooks", json=wanted | {"url": "https://127.0.0.1/hook"}).get_json()
    service.screen(client, CAPTION)
    work(service)

    assert refused == [422]
    with service.parts.db.read() as session:
        row = session.get(WebhookEndpoint, made["id"])
        attempt = session.scalars(select(DeliveryAttempt)).one()
    assert made["secret"].encode() not in row.secrets
    assert "not a public address" in attempt.error


def test_an_ended_endpoint_gets_nothing_more(service):
    client = service.client()
    with peer() as receiver:
        made = add_endpoint(client, receiver.url)
        service.screen(client, CAPTION)
        ended = client.delete(f"/v1/webhooks/{made['id']}")
        work(service)

    assert ended.get_json()["disabled_why"] == "ended by key:hook"
    assert receiver.got == []


def test_a_secret_answered_under_an_idempotency_key_is_kept_sealed(service):
    client = service.client()
    body = {"url": "https://example.com/hook", "event_types": ["case.opened"]}

    made = client.post("/v1/webhooks", json=body, headers={"Idempotency-Key": "k"})
    again = client.post("/v1/webhooks", json=body, headers={"Idempotency-Key": "k"})

    assert again.data == made.data
    with service.parts.db.read() as session:
        kept = session.scalars(select(IdempotentAnswer)).one()
    assert made.get_json()["secret"].encode() not in kept.body
