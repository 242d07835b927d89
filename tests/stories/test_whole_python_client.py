"""The Python client reaches every call of the API, once however often it has to ask, and knows a forged webhook."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import orjson
import pytest

from app.outbox.messages import new_secret
from app.outbox.sending import signature
from tests.peers import answering, peer
from tests.service import START
from tests.serving import serve

CLIENT = Path(__file__).parents[2] / "clients" / "python"


@pytest.fixture
def weiheng_client(monkeypatch):
    monkeypatch.syspath_prepend(str(CLIENT))
    import weiheng_client

    return weiheng_client


@pytest.fixture
def served(sqlite_service):
    with serve(sqlite_service.app) as address:
        yield address, sqlite_service.key()


@pytest.mark.usefixtures("weiheng_client")
def test_every_call_of_the_api_is_a_method_that_asks_for_it(sqlite_service):
    from weiheng_client.calls import Calls

    spec = sqlite_service.app.test_client().get("/openapi.json").get_json()["paths"]
    described = {
        (method.upper(), re.sub(r"\{\w+\}", "x", path))
        for path, operations in spec.items()
        for method in operations
        if not path.startswith("/v1/hooks/")
    }
    asked = []
    calls = Calls(lambda method, path, **_more: asked.append((method, path)) or {"items": [], "next_cursor": None})

    for group in vars(calls).values():
        for name, method in inspect.getmembers(group, inspect.ismethod):
            if not name.startswith(("_", "iter_")):
                needed = [each for each in inspect.signature(method).parameters.values() if each.default is each.empty]
                method(*["x" if each.name != "body" else {} for each in needed])

    assert len(asked) == len(set(asked))
    assert set(asked) == described


def test_pages_are_read_to_their_end(weiheng_client, served):
    with weiheng_client.Client(*served) as client:
        client.screen_many(
            [
                {"content_id": f"v-{n}", "kind": "comment", "shop_id": f"s-{n}", "text": f"祖传秘方，包治百病{n}号"}
                for n in range(5)
            ]
        )
        paged = [case["id"] for case in client.cases.iter_list_cases(limit=2)]
        whole = client.cases.list_cases(limit=200)

    assert paged == [case["id"] for case in whole["items"]]
    assert len(paged) == len(set(paged)) == 5


def test_calls_take_and_give_what_the_api_does(weiheng_client, served):
    with weiheng_client.Client(*served) as client:
        made = client.webhooks.add_webhook({"url": "https://example.com/x", "event_types": ["case.opened"]})
        rotated = client.webhook_upkeep.rotate(made["id"], {"overlap_hours": 1})
        table = client.campaigns.table()
        ready = client.operations.readyz()
        with pytest.raises(weiheng_client.Refused) as refused:
            client.cases.get_case("no/such case")

    assert rotated["secret"] != made["secret"]
    assert isinstance(table, bytes)
    assert ready["status"] == "ok"
    assert (refused.value.status, refused.value.code) == (404, "not_found")


def test_a_post_that_is_tried_again_has_the_same_key_and_another_call_another(weiheng_client):
    with peer((503, b""), (200, b"{}"), (200, b"{}")) as service:
        with weiheng_client.Client(service.url, "k", sleep=lambda _: None) as client:
            client.fund.put_in({"transfer_id": "t", "into": "fund", "amount_fen": 1, "note": "x"})
            client.fund.put_in(
                {"transfer_id": "t", "into": "fund", "amount_fen": 1, "note": "x"}, idempotency_key="mine"
            )

    keys = [headers["idempotency-key"] for _, headers, _ in service.got]
    assert keys[0] == keys[1]
    assert len(keys[0]) == 32
    assert keys[2] == "mine"


def test_it_waits_as_long_as_it_is_told_when_its_rate_is_used_up_or_its_first_try_still_runs(weiheng_client):
    answers, waits = [(429, "7"), (409, "3"), (200, None)], []

    def play(*_):
        status, after = answers.pop(0)
        headers = {"content-type": "application/json"} | ({"retry-after": after} if after else {})
        return status, headers, b'{"items": [], "next_cursor": null}'

    with answering(play) as url, weiheng_client.Client(url, "k", sleep=waits.append) as client:
        said = client.webhooks.list_webhooks()

    assert said["items"] == []
    assert [round(wait) for wait in waits] == [7, 3]


def test_a_conflict_that_will_not_pass_is_raised_at_once(weiheng_client):
    with peer((409, b'{"type": "urn:weiheng:problem:conflict"}')) as service:
        with weiheng_client.Client(service.url, "k", sleep=lambda _: None) as client:
            with pytest.raises(weiheng_client.Refused):
                client.cases.decide("c", {"decision": "pass", "reason": "x"})

    assert len(service.got) == 1


def sent(body, *secrets, at=START):
    timestamp = int(at.timestamp())
    signed = signature(secrets=secrets, message_id="m-1", timestamp=timestamp, body=body)
    return {"Webhook-Id": "m-1", "webhook-timestamp": str(timestamp), "webhook-signature": signed}


def test_a_webhook_of_the_service_verifies_by_the_old_secret_and_the_new(weiheng_client):
    old, new, other = new_secret(), new_secret(), new_secret()
    body, now = orjson.dumps({"type": "case.opened", "data": {"id": "c"}}), START.timestamp()

    for known in (old, new, [other, old]):
        assert weiheng_client.verify(body, sent(body, new, old), known, now=now)["data"] == {"id": "c"}


@pytest.mark.parametrize(
    "change",
    [
        lambda body, headers: (body + b" ", headers),
        lambda body, headers: (body, headers | {"Webhook-Id": "m-2"}),
        lambda body, headers: (body, headers | {"webhook-timestamp": str(int(START.timestamp()) + 1)}),
        lambda body, headers: (body, headers | {"webhook-signature": "v1,AAAA"}),
        lambda body, headers: (
            body,
            headers | {"webhook-signature": headers["webhook-signature"].replace("v1,", "v2,")},
        ),
        lambda body, headers: (body, headers | {"webhook-signature": "v1,é"}),
        lambda body, headers: (body, headers | {"webhook-timestamp": "now"}),
        lambda body, _headers: (body, {}),
    ],
)
def test_a_webhook_that_was_changed_is_refused(weiheng_client, change):
    secret, body = new_secret(), b'{"type": "case.opened"}'
    changed, headers = change(body, sent(body, secret))

    with pytest.raises(weiheng_client.Forged):
        weiheng_client.verify(changed, headers, secret, now=START.timestamp())


def test_an_old_webhook_is_refused(weiheng_client):
    secret, body = new_secret(), b"{}"

    assert weiheng_client.verify(body, sent(body, secret), secret, now=START.timestamp() + 300) == {}
    for late in (301, -301):
        with pytest.raises(weiheng_client.Forged):
            weiheng_client.verify(body, sent(body, secret), secret, now=START.timestamp() + late)
