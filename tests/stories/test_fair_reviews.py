"""Nobody learns a first decision and then reviews it: not by reading the case, an export, or which cases wait."""

from __future__ import annotations

import pytest

from app.models import Case, Content
from tests.console import put_case, put_officer, sign_in, token
from tests.service import make_service
from tests.stories.test_blind_everywhere import put_export
from tests.stories.test_rosters_over_http import key_of

BLOCKED = {"decision": "block", "policy": "absolute_terms", "reason": "夸大"}


@pytest.fixture
def service(database, tmp_path):
    return make_service(database, tmp_path, second_review_shares="content=10000")


def decided(service, **more):
    case_id = put_case(service, **more)
    assert key_of(service, "chen").post(f"/v1/cases/{case_id}/decide", json=BLOCKED).status_code == 200
    return case_id


def taken(client):
    return client.post("/v1/second-reviews/next").get_json()["review"]


def test_which_cases_wait_for_a_second_review_is_told_to_nobody_but_who_has_them(service):
    case_id = decided(service)
    wang, zhao = key_of(service, "wang"), key_of(service, "zhao")
    before = [client.get("/v1/second-reviews?state=waiting").get_json() for client in (wang, zhao)]

    review = taken(wang)
    told = [client.get("/v1/second-reviews").get_json() for client in (wang, zhao)]

    assert [(page["items"], page["waiting"]) for page in before] == [([], 1), ([], 1)]
    assert [[each["id"] for each in page["items"]] for page in told] == [[review["id"]], []]
    assert review["case_id"] == case_id
    assert review["first_outcome"] is None


def test_who_read_a_decided_case_is_not_offered_its_review_and_others_are(service):
    put_officer(service, "wang")
    case_id = decided(service)
    browser, _ = sign_in(service, "wang")

    pages = [browser.get(f"/console/cases/{case_id}").status_code for _ in range(2)]

    rows = key_of(service, "root", "admin").get("/v1/audit?action=second_review.read").get_json()["items"]
    assert pages == [200, 200]
    assert [row["actor"] for row in rows] == ["officer:wang"]  # once, and without the case's name
    assert case_id not in str(rows)
    assert taken(key_of(service, "wang")) is None  # a key of the same name is the same person
    assert taken(key_of(service, "zhao"))["case_id"] == case_id


def test_who_asked_how_the_content_stands_is_not_offered_its_review_and_an_uploading_machine_may_ask(service):
    case_id = decided(service)
    with service.parts.db.read() as session:
        name = session.get(Content, session.get(Case, case_id).content_pk).content_id
    address = f"/v1/contents/{name}?shop_id=shop-1"
    wang, machine = key_of(service, "wang", "cases", "screen"), key_of(service, "zhao", "screen")

    told = [client.get(address).get_json()["decision"] for client in (wang, machine, wang)]

    rows = key_of(service, "root", "admin").get("/v1/audit?action=second_review.read").get_json()["items"]
    assert told == ["block"] * 3
    assert [row["actor"] for row in rows] == ["key:wang"]
    assert taken(wang) is None
    zhao = key_of(service, "zhao", "cases", "screen")
    assert taken(zhao)["case_id"] == case_id
    assert zhao.get(address).status_code == 409


def test_who_downloaded_an_export_with_the_decision_does_not_review_it(service):
    decided(service)
    wang = key_of(service, "wang")
    inquiry_id = put_export(service, wang)

    file = wang.get(f"/v1/inquiries/{inquiry_id}/file")
    elsewhere = decided(service, shop_id="shop-2", content={"content_id": "c-2"})

    assert file.status_code == 200
    assert taken(wang)["case_id"] == elsewhere
    assert taken(key_of(service, "zhao")) is not None


def test_an_export_is_kept_from_who_reviews_its_case_until_they_give_the_review_up(service):
    put_officer(service, "wang")
    case_id = decided(service)
    wang, zhao, (browser, _) = key_of(service, "wang"), key_of(service, "zhao"), sign_in(service, "wang")
    inquiry_id = put_export(service, zhao)
    review = taken(wang)

    refused = wang.get(f"/v1/inquiries/{inquiry_id}/file")
    page = browser.get(f"/console/notices/inquiries/{inquiry_id}")
    whole = zhao.get(f"/v1/inquiries/{inquiry_id}/file")

    assert (refused.status_code, review["id"] in refused.get_json()["detail"]) == (409, True)
    assert (page.status_code, "这份导出含有您正在盲审的案件的裁决" in page.text) == (409, True)
    assert f"/console/quality/reviews/{review['id']}" in page.text
    assert whole.status_code == 200
    assert wang.get(f"/v1/cases/{case_id}").status_code == 409

    given = wang.post(f"/v1/second-reviews/{review['id']}/give-up")
    again = wang.post(f"/v1/second-reviews/{review['id']}/give-up")
    said = wang.post(f"/v1/second-reviews/{review['id']}/decide", json=BLOCKED)

    assert (given.status_code, given.get_json()["first_outcome"]) == (200, None)
    assert (again.status_code, said.status_code) == (409, 409)
    assert wang.get(f"/v1/inquiries/{inquiry_id}/file").status_code == 200
    assert wang.get(f"/v1/cases/{case_id}").get_json()["outcome"] == "block"
    assert taken(wang) is None


def test_a_review_is_given_up_on_its_page(service):
    put_officer(service, "wang")
    decided(service)
    browser, _ = sign_in(service, "wang")
    form = {"csrf_token": token(browser, "/console/account")}
    page = browser.post("/console/quality/next", data=form).location

    assert "放弃本件抽检" in browser.get(page).text
    left = browser.post(f"{page}/give-up", data=form)

    assert (left.status_code, left.location) == (303, "/console/quality")
    assert "已放弃，本件将由另一位审核员抽检。" in browser.get("/console/quality").text
    assert "本件抽检不由您处理" in browser.get(page).text


def test_that_a_case_was_contested_is_not_told_to_who_reviews_it_blind(service):
    put_officer(service, "wang")
    case_id = decided(service)
    offered = key_of(service, "chen").post(f"/v1/cases/{case_id}/appeals", json={}).get_json()["url"]
    wang, (browser, _) = key_of(service, "wang"), sign_in(service, "wang")
    taken(wang)
    filed = service.app.test_client().post(f"/v1/appeals/{offered.rpartition('/')[2]}", json={"text": "引用他人的评价"})

    listed = [wang.get(f"/v1/cases{query}").get_json()["items"] for query in ("", "?state=appealed")]

    assert filed.status_code in {200, 201}
    assert [[each["state"] for each in page] for page in listed] == [["decided"], []]
    assert case_id not in browser.get("/console/cases?state=appealed").text
    assert "您正在盲审的案件不在列表中" in browser.get("/console/cases?state=appealed").text
    assert len(key_of(service, "zhao").get("/v1/cases?state=appealed").get_json()["items"]) == 1
