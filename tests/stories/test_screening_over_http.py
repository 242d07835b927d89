"""A shop's upload hook screens contents and asks what became of them."""

from __future__ import annotations

import orjson
import pytest

CAPTION = "全网最*佳面膜，三天根治痘痘，加徽❤信 vx12345"


def test_an_unlawful_caption_is_blocked_with_place_law_and_reason(service):
    client = service.client("screen")

    answer = service.screen(client, CAPTION, category="cosmetics", author_id="u-9")

    said = answer.get_json()
    assert answer.status_code == 200
    assert said["decision"] == "block"
    assert said["status"] == "final"
    assert all(CAPTION[hit["start"] : hit["end"]] == hit["text"] for hit in said["hits"])
    hidden = next(hit for hit in said["hits"] if hit["word"] == "最佳")
    assert hidden["text"] == "最*佳"
    assert hidden["hidden_by"]
    assert "广告法" in hidden["source"]
    assert said["firings"][0]["reason"]
    assert said["firings"][0]["references"]
    assert said["snapshot"]["rules"].startswith("sha256:")


def test_an_honest_caption_passes_without_a_case(service):
    client = service.client("screen", "cases")

    said = service.screen(client, "云南高山小番茄 现摘现发 五斤装", kind="product_title").get_json()

    assert said["decision"] == "pass"
    assert said["case_id"] is None
    assert client.get("/v1/cases").get_json()["items"] == []


def test_what_was_answered_can_be_read_again_as_it_was(service):
    client = service.client("screen")
    answer = service.screen(client, CAPTION)

    again = client.get(f"/v1/screenings/{answer.get_json()['screening_id']}")

    assert again.data == answer.data


def test_personal_data_is_not_kept_in_the_clear(service):
    client = service.client("screen", "cases")
    number = "1380013" + "8000"
    said = service.screen(client, f"加微信联系我 {number}", attributes={"note": f"call {number}"}).get_json()

    with service.parts.db.read() as session:
        from app.models import Screening

        row = session.get(Screening, said["screening_id"])

    assert said["personal_data"][0]["kind"] == "mobile"
    assert row.is_sealed
    assert said["masked"] == [{"field": "text", "text": "加微信联系我 138****8000"}]
    assert number.encode() not in row.request + row.answer + row.excerpt.encode()
    assert b"138****8000" not in row.answer
    assert number not in client.get("/v1/cases").get_data(as_text=True)


def test_personal_data_comes_back_starred_so_that_it_can_be_shown(service):
    client = service.client("screen")
    number = "1380013" + "8000"
    segments = [
        {"source": "asr", "at_ms": 0, "text": "大家好"},
        {"source": "ocr", "at_ms": 900, "text": f"打 {number}"},
    ]

    said = service.screen(client, f"电话{number}", segments=segments).get_json()

    assert said["masked"] == [
        {"field": "text", "text": "电话138****8000"},
        {"field": "segments", "text": "打 138****8000", "segment": 1, "at_ms": 900},
    ]
    assert said == client.get(f"/v1/screenings/{said['screening_id']}").get_json()


def test_a_content_without_personal_data_has_nothing_starred(service):
    assert "masked" not in service.screen(service.client("screen"), "云南高山小番茄 现摘现发 五斤装").get_json()


def test_the_same_content_again_gets_the_same_answer_and_no_second_case(service):
    client = service.client("screen", "cases")
    first = service.screen(client, CAPTION)

    second = service.screen(client, CAPTION)

    assert second.data == first.data
    assert len(client.get("/v1/cases").get_json()["items"]) == 1


def test_a_changed_content_points_to_its_predecessor_and_supersedes_its_case(service):
    client = service.client("screen", "cases")
    first = service.screen(client, CAPTION).get_json()

    second = service.screen(client, "换季护肤小记录").get_json()

    assert second["version"] == 2
    assert second["predecessor_id"] == first["screening_id"]
    assert client.get("/v1/contents/v-1").get_json()["decision"] == second["decision"] == "pass"
    assert client.get(f"/v1/cases/{first['case_id']}").get_json()["state"] == "superseded"


def test_segments_carry_their_time_and_a_phrase_split_over_two_lines_is_found(service):
    client = service.client("screen")
    lines = ["欢迎来到直播间 这款真的是国家", "级的品质 放心拍"]
    segments = [{"source": "asr", "at_ms": 5_200 * i, "text": line} for i, line in enumerate(lines, 1)]

    said = service.screen(client, text=None, segments=segments).get_json()

    hit = next(hit for hit in said["hits"] if hit["word"] == "国家级")
    assert (hit["field"], hit["segment"], hit["at_ms"]) == ("segments", 0, 5_200)
    assert lines[0][hit["start"] : hit["end"]] == hit["text"]


def test_media_nobody_looks_at_go_to_a_person(service):
    client = service.client("screen")
    media = [{"type": "image", "url": "https://cdn.example.com/1.jpg", "sha256": "0" * 64}]

    said = service.screen(client, media=media).get_json()

    assert said["decision"] == "review"
    assert said["doubts"]
    assert said["case_id"]


def test_a_batch_answers_in_order_and_a_bad_item_spoils_nothing(service):
    client = service.client("screen", shops=["shop-1"])
    good = {"content_id": "a", "kind": "comment", "shop_id": "shop-1", "text": "床单洗了三次没有掉色"}
    bad = [
        good | {"content_id": "b", "kind": "no_such_kind"},
        good | {"content_id": "c", "colour": "red"},
        good | {"content_id": "d", "shop_id": "shop-2"},
        "not an object",
        good | {"content_id": "e", "facts": {"ad_labl": True}},
    ]

    results = client.post("/v1/screenings/batch", json={"items": [good, *bad, good | {"content_id": "z"}]}).get_json()

    items = results["results"]
    assert [items[0]["content_id"], items[-1]["content_id"]] == ["a", "z"]
    assert [item["index"] for item in items[1:-1]] == [1, 2, 3, 4, 5]
    assert [item["error"]["status"] for item in items[1:-1]] == [422, 422, 403, 422, 422]
    assert items[5]["error"]["errors"][0]["field"] == "facts.ad_labl"


def test_a_batch_with_the_same_content_twice_screens_it_once(service):
    client = service.client("screen", "cases")
    item = {"content_id": "a", "kind": "comment", "shop_id": "shop-1", "text": CAPTION}
    changed = item | {"text": "换了一句话"}

    results = client.post("/v1/screenings/batch", json={"items": [item, item, changed]}).get_json()["results"]

    assert results[0] == results[1]
    assert results[2]["version"] == 2
    assert client.get("/v1/contents/a").get_json()["version"] == 2


def test_a_thousand_items_fit_and_one_more_does_not(sqlite_service):
    client = sqlite_service.client("screen")
    items = [
        {"content_id": f"c-{number}", "kind": "comment", "shop_id": "shop-1", "text": f"第{number}条评论"}
        for number in range(1_001)
    ]

    fits = client.post("/v1/screenings/batch", json={"items": items[:1_000]})
    too_many = client.post("/v1/screenings/batch", json={"items": items})

    assert len(fits.get_json()["results"]) == 1_000
    assert too_many.status_code == 422


def test_a_case_decided_over_http_becomes_the_contents_outcome(service):
    client = service.client("screen", "cases")
    case_id = service.screen(client, CAPTION).get_json()["case_id"]

    decided = client.post(f"/v1/cases/{case_id}/decide", json={"decision": "pass", "reason": "商标名称，属于误报"})
    too_late = client.post(f"/v1/cases/{case_id}/decide", json={"decision": "block", "reason": "违规"})

    assert decided.get_json()["state"] == "decided"
    outcome = client.get("/v1/contents/v-1").get_json()
    assert (outcome["decision"], outcome["by"], outcome["reason"]) == ("pass", "key:hook", "商标名称，属于误报")
    assert too_late.status_code == 409
    assert "key:hook" in too_late.get_json()["detail"]


def test_cases_page_through_by_cursor_without_loss(service):
    client = service.client("screen", "cases")
    for number in range(5):
        service.clock.advance(seconds=1)
        kind = ("video_caption", "comment", "video_title", "live_title", "article")[number]  # alike ones join one case
        service.screen(client, CAPTION, content_id=f"v-{number}", kind=kind)

    seen, cursor = [], ""
    while cursor is not None:
        page = client.get(f"/v1/cases?limit=2&cursor={cursor}" if cursor else "/v1/cases?limit=2").get_json()
        seen += [item["content_id"] for item in page["items"]]
        cursor = page["next_cursor"]

    assert seen == [f"v-{number}" for number in range(5)]


def test_keys_see_only_their_own_shops(service):
    mine, theirs = service.client(shops=["shop-1"]), service.client(shops=["shop-2"])
    said = service.screen(mine, CAPTION).get_json()

    assert service.screen(theirs, CAPTION).status_code == 403
    assert theirs.get(f"/v1/screenings/{said['screening_id']}").status_code == 404
    assert theirs.get("/v1/contents/v-1").status_code == 404
    assert theirs.get(f"/v1/cases/{said['case_id']}").status_code == 404
    assert theirs.get("/v1/cases").get_json()["items"] == []
    decision = {"decision": "pass", "reason": "x"}
    assert theirs.post(f"/v1/cases/{said['case_id']}/decide", json=decision).status_code == 404


def test_the_same_id_in_two_shops_asks_which(service):
    client = service.client("screen")
    for shop in ("shop-1", "shop-2"):
        service.screen(client, shop_id=shop)

    assert client.get("/v1/contents/v-1").status_code == 409
    assert client.get("/v1/contents/v-1?shop_id=shop-2").get_json()["shop_id"] == "shop-2"


def test_an_idempotency_key_is_answered_once(service):
    client = service.client("screen")
    body = {"content_id": "v-1", "kind": "comment", "shop_id": "shop-1", "text": "很好用"}
    head = {"Idempotency-Key": "k-1"}

    first = client.post("/v1/screenings", json=body, headers=head)
    again = client.post("/v1/screenings", json=body, headers=head)
    other = client.post("/v1/screenings", json=body | {"text": "很难用"}, headers=head)

    assert again.data == first.data
    assert again.headers["Idempotent-Replayed"] == "true"
    assert other.status_code == 422
    assert other.get_json()["errors"][0]["field"] == "Idempotency-Key"


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("/v1/cases", "cases"),
        ("/v1/rules", "rules"),
        ("/v1/wordlists", "wordlists"),
        ("/metrics", "metrics"),
        ("/v1/webhooks", "admin"),
        ("/v1/contents/x", "screen"),
    ],
)
def test_every_door_needs_its_own_scope(sqlite_service, path, scope):
    others = [name for name in ("screen", "cases", "rules", "wordlists", "metrics", "admin") if name != scope]

    assert sqlite_service.client(*others).get(path).status_code == 403
    assert sqlite_service.client(scope).get(path).status_code in {200, 404}
    assert sqlite_service.app.test_client().get(path).status_code == 401


def test_the_rules_and_lists_in_force_are_listed_with_their_snapshot(sqlite_service):
    client = sqlite_service.client()

    rules, lists = client.get("/v1/rules").get_json(), client.get("/v1/wordlists").get_json()

    assert {"S2-05", "S2-06", "S2-08", "S9-01"} <= {rule["id"] for rule in rules["items"]}
    assert {"absolute_terms", "medical_claims"} <= {each["category"] for each in lists["items"]}
    assert rules["snapshot"].startswith("sha256:")


def test_every_decision_leaves_an_audit_row_without_the_text(service):
    client = service.client("screen")
    said = service.screen(client, CAPTION).get_json()

    with service.parts.db.read() as session:
        from app.models import AuditRow

        row = session.query(AuditRow).filter_by(object_id=said["screening_id"]).one()

    assert (row.actor, row.action, row.shop_id) == ("key:hook", "content.screen", "shop-1")
    assert row.details["decision"] == "block"
    assert "最" not in orjson.dumps(row.details).decode()
