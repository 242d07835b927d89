"""Whatever a client gets wrong is answered by a problem document that says where and what was expected."""

from __future__ import annotations

import io
import logging

import orjson
import pytest

from app.logs import configure_logs
from tests.surroundings import log_plainly

GOOD = {"content_id": "v-1", "kind": "comment", "shop_id": "shop-1", "text": "很好用"}

BAD_BODIES = [
    ("broken JSON", b'{"content_id": ', 400, ""),
    ("not UTF-8", b'{"text": "\xff\xfe"}', 400, ""),
    ("a lone surrogate", b'{"content_id":"v","kind":"comment","shop_id":"s","text":"\\ud800"}', 400, ""),
    ("nothing", b"", 400, ""),
    ("a list", b"[]", 422, ""),
    ("null", b"null", 422, ""),
    ("NaN", b'{"deadline_ms": NaN}', 400, ""),
    ("depth", b"[" * 1_000 + b"]" * 1_000, 400, ""),
    ("a name twice", b'{"content_id":"v","kind":"comment","shop_id":"s","text":"a","text":"b"}', 400, "'text'"),
    ("a name twice below", b'{"attributes":{"a":"1","\\u0061":"2"}}', 400, "'a'"),
    ("deep attributes", b'{"attributes": {"a":' + b"[" * 100 + b"]" * 100 + b"}}", 400, ""),
]
BAD_VALUES = [
    ({"content_id": 7}, "content_id"),
    ({"content_id": ""}, "content_id"),
    ({"content_id": "a\x00b"}, "content_id"),
    ({"content_id": "x" * 201}, "content_id"),
    ({"kind": "film"}, "kind"),
    ({"text": "a\x00b"}, "text"),
    ({"text": 5}, "text"),
    ({"text": "x" * 100_001}, "text"),
    ({"text": None, "fields": {"Bad Name": "x"}}, "fields.Bad Name.[key]"),
    ({"text": None, "fields": {}}, ""),
    ({"text": None}, ""),
    ({"fields": {"title": "x"}}, ""),
    ({"facts": {"ad_label": "yes"}}, "facts.ad_label"),
    ({"facts": {"ad_labl": True}}, "facts.ad_labl"),
    ({"attributes": {"a": "b\x00"}}, "attributes"),
    ({"occurred_at": "yesterday"}, "occurred_at"),
    ({"occurred_at": "2026-11-22T10:04:31"}, "occurred_at"),
    ({"occurred_at": 1_700_000_000}, "occurred_at"),
    ({"deadline_ms": "200"}, "deadline_ms"),
    ({"deadline_ms": 0}, "deadline_ms"),
    ({"segments": [{"source": "asr", "at_ms": -1, "text": "x"}]}, "segments.0.at_ms"),
    ({"media": [{"type": "film", "url": "https://x"}]}, "media.0.type"),
    ({"colour": "red"}, "colour"),
]


@pytest.mark.parametrize(
    ("body", "status", "said"), [bad[1:] for bad in BAD_BODIES], ids=[bad[0] for bad in BAD_BODIES]
)
def test_a_body_that_cannot_be_read_is_said_so(sqlite_service, body, status, said):
    answer = sqlite_service.client("screen").post("/v1/screenings", data=body, content_type="application/json")

    assert_problem(answer, status)
    assert said in answer.get_json()["detail"]


@pytest.mark.parametrize(("wrong", "field"), BAD_VALUES, ids=[str(index) for index in range(len(BAD_VALUES))])
def test_a_wrong_value_is_named_by_its_place(sqlite_service, wrong, field):
    answer = sqlite_service.client("screen").post("/v1/screenings", json=GOOD | wrong)

    assert_problem(answer, 422)
    assert field in {error["field"] for error in answer.get_json()["errors"]}
    assert "x" * 1_000 not in answer.get_data(as_text=True)


def test_a_body_of_ten_megabytes_is_refused_before_it_is_parsed(sqlite_service):
    body = b'{"text": "' + b"a" * 10 * 2**20 + b'"}'

    answer = sqlite_service.client("screen").post("/v1/screenings", data=body, content_type="application/json")

    assert_problem(answer, 413)


@pytest.mark.parametrize("items", [[], "x", {}, None])
def test_a_batch_that_is_no_list_of_items_is_refused(sqlite_service, items):
    assert_problem(sqlite_service.client("screen").post("/v1/screenings/batch", json={"items": items}), 422)


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer nonsense", "Basic dTpw", "Bearer wh_" + "x" * 40])
def test_a_missing_or_wrong_key_is_401(sqlite_service, header):
    headers = {} if header is None else {"Authorization": header}

    answer = sqlite_service.app.test_client().post("/v1/screenings", json=GOOD, headers=headers)

    assert_problem(answer, 401)
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_unknown_places_and_methods_are_problems_too(sqlite_service):
    client = sqlite_service.client()

    assert_problem(client.get("/v1/nothing"), 404)
    assert_problem(client.delete("/v1/screenings"), 405)
    assert_problem(client.post("/v1/screenings", data="x", content_type="text/plain"), 415)
    assert_problem(client.get("/v1/cases?limit=9999"), 422)
    assert_problem(client.get("/v1/cases?cursor=nonsense"), 422)
    assert_problem(client.post("/v1/screenings", json=GOOD, headers={"Idempotency-Key": "ü"}), 422)


@pytest.fixture
def logged():
    """What the service logs, line by line; its logging is put back as it was afterwards."""
    root, stream = logging.getLogger(), io.StringIO()
    handlers, level = list(root.handlers), root.level
    configure_logs("INFO", stream=stream)
    yield lambda: [orjson.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers, root.level = handlers, level
    log_plainly()


def test_a_failure_is_logged_with_the_id_its_answer_names(sqlite_service, logged):
    sqlite_service.app.config["PROPAGATE_EXCEPTIONS"] = False
    sqlite_service.app.add_url_rule("/broken", view_func=lambda: 1 // 0)

    answer = sqlite_service.app.test_client().get("/broken", headers={"X-Request-Id": "r-1"})

    lines = logged()
    assert_problem(answer, 500)
    assert "ZeroDivisionError" not in answer.get_data(as_text=True)
    assert {line["event"] for line in lines} == {"unexpected_error", "request"}
    assert {line["request_id"] for line in lines} == {"r-1"}
    assert "ZeroDivisionError" in lines[0]["exception"]


def assert_problem(answer, status):
    assert answer.status_code == status, answer.get_data(as_text=True)
    assert answer.content_type == "application/problem+json"
    body = answer.get_json()
    assert body["status"] == status
    assert body["type"].startswith("urn:weiheng:problem:")
    assert body["title"]
    assert body["detail"]
    assert answer.headers["X-Request-Id"] == body["request_id"]
