"""A request that does not fit is told, for each field, what was expected instead."""

from __future__ import annotations

import pytest

CONTENT = {"content_id": "v-1", "kind": "comment", "shop_id": "shop-1", "text": "好用"}
EVENT = {"id": "e-1", "kind": "order.paid", "subject": "o-1", "shop_id": "shop-1"} | {
    "occurred_at": "2026-11-23T10:00:00+08:00"
}


def errors(service, path, body):
    answer = service.client().post(path, json=body)
    assert answer.status_code == 422
    return {each["field"]: (each["problem"], each["expected"]) for each in answer.get_json()["errors"]}


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({"contentid": "v-1"}, "contentid", ["content_id perhaps", "shop_id"]),
        (
            {"segments": [{"source": "asr", "at_ms": 1, "text": "a", "texts": "b"}]},
            "segments.0.texts",
            ["text perhaps"],
        ),
        ({"zzz": 1}, "zzz", ["one of content_id, kind, shop_id"]),
        ({"kind": "film"}, "kind", ["one of article, campaign_text"]),
        ({"text": 5}, "text", ["a text"]),
        ({"deadline_ms": 10**9}, "deadline_ms", ["or less"]),
        ({"deadline_ms": "soon"}, "deadline_ms", ["a whole number"]),
        ({"facts": [1]}, "facts", ["an object"]),
        ({"occurred_at": "2026-11-23 10:00"}, "occurred_at", ["RFC 3339", "1900 to 8999"]),
        ({"occurred_at": "0001-01-01T00:00:00+14:00"}, "occurred_at", ["RFC 3339", "1900 to 8999"]),
    ],
)
def test_a_content_that_does_not_fit_is_told_what_was_expected(sqlite_service, more, field, words):
    found = errors(sqlite_service, "/v1/screenings", CONTENT | more)

    problem, expected = found[field]
    assert problem
    assert not problem.startswith("Value error")
    assert [word for word in words if word not in expected] == []


def test_every_field_that_is_missing_is_named(sqlite_service):
    found = errors(sqlite_service, "/v1/screenings", {})

    assert {"content_id", "kind", "shop_id"} <= set(found)
    assert {expected for _, expected in found.values()} == {"a value; the field must be sent"}


def test_an_event_inside_a_batch_is_told_its_own_fields(sqlite_service):
    answer = sqlite_service.client().post("/v1/events", json={"events": [EVENT, EVENT | {"event_id": "x"}]}).get_json()

    (told,) = answer["results"][1]["errors"]
    assert (told["field"], told["expected"]) == ("event_id", "one of id, kind, subject, shop_id, occurred_at, data")


def test_an_edit_of_a_snapshot_is_told_the_fields_of_its_own_kind(sqlite_service):
    edit = {"pack": "content", "parametr": "x", "value": 1}
    found = errors(sqlite_service, "/v1/snapshots", {"kind": "rules", "reason": "x", "edits": [edit]})

    assert found["edits.0.ParameterEditIn.parametr"][1] == "parameter perhaps; fields are pack, parameter, value"
