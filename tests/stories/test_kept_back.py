"""Who is to judge alone is told nothing of it over HTTP: neither the first decision nor reviewers' opinions."""

from __future__ import annotations

import orjson
import pytest

from app.models import Case, Content, Screening, SecondReview
from tests.console import put_case, put_officer, sign_in, token
from tests.service import START, make_service, shipped_judge
from tests.stories.test_rosters_over_http import key_of


def put_review(service, **columns):
    """A case that was blocked by somebody, and waits for a second review."""
    decided = {
        "state": "decided",
        "outcome": "block",
        "policy": "doubt",
        "reason": "夸大",
        "decided_by": "officer:chen",
    }
    case_id = put_case(service, **decided | {"decided_at": START})

    def work(session):
        case = session.get(Case, case_id)
        values = {"case_id": case_id, "shop_id": "shop-1", "queue": "content", "category": "doubt", "rules": []}
        values |= {"drawn_at": START, "first_by": "officer:chen", "first_outcome": "block"}
        session.add(SecondReview(**values | columns))
        content = session.get(Content, case.content_pk)
        content.decision, content.outcome_by, content.outcome_reason = "block", "officer:chen", "夸大"
        return content.content_id

    return case_id, service.parts.db.write(work)


def test_until_the_second_review_is_decided_nothing_about_its_case_is_told(service):
    case_id, content_id = put_review(service)
    wang, robot = key_of(service, "wang", "cases", "screen"), key_of(service, "robot", "cases", "screen")
    review = wang.post("/v1/second-reviews/next").get_json()["review"]
    about = [f"/v1/cases/{case_id}{rest}" for rest in ("", "/timeline", "/opinions", "/files")]

    refused = {path: wang.get(path) for path in [*about, f"/v1/contents/{content_id}"]}
    note = wang.post(f"/v1/cases/{case_id}/notes", json={"text": "看看"})
    pack = wang.post(f"/v1/cases/{case_id}/evidence", json={"reason": "x"})
    [listed] = wang.get("/v1/cases?state=decided").get_json()["items"]
    [others] = robot.get("/v1/cases?state=decided").get_json()["items"]

    assert {answer.status_code for answer in [*refused.values(), note, pack]} == {409}
    assert review["id"] in refused[about[0]].get_json()["detail"]
    assert "夸大" not in "".join(answer.text for answer in [*refused.values(), note, pack])
    assert {listed[name] for name in ("outcome", "policy", "reason", "decided_by", "decided_at")} == {None}
    assert (others["outcome"], others["reason"]) == ("block", "夸大")
    assert robot.get(about[0]).status_code == robot.get(f"/v1/contents/{content_id}").status_code == 200

    said = {"decision": "pass", "reason": "属实"}
    assert wang.post(f"/v1/second-reviews/{review['id']}/decide", json=said).get_json()["first_outcome"] == "block"
    assert wang.get(about[0]).get_json()["outcome"] == "block"
    assert wang.get(f"/v1/contents/{content_id}").get_json()["reason"] == "夸大"


def test_what_an_officer_reviews_blind_in_the_console_their_key_is_not_told_and_the_other_way_round(service):
    put_officer(service, "wang")
    case_id, _ = put_review(service)
    key, (browser, _) = key_of(service, "wang"), sign_in(service, "wang")
    note = {"text": "@wang 这件我判了违规"}
    assert key_of(service, "chen").post(f"/v1/cases/{case_id}/notes", json=note).status_code == 200
    assert "我判了违规" in browser.get("/console/mentions").text
    browser.post("/console/quality/next", data={"csrf_token": token(browser, "/console/account")})

    assert key.get(f"/v1/cases/{case_id}").status_code == 409
    assert "我判了违规" not in browser.get("/console/mentions").text + key.get("/v1/mentions").text
    assert key_of(service, "zhao").get(f"/v1/cases/{case_id}").status_code == 200
    assert browser.get(f"/console/cases/{case_id}").status_code == 303


def test_a_review_whose_time_is_over_stays_blind_until_it_is_decided_or_somebody_else_has_it(service):
    put_officer(service, "wang")
    case_id, _ = put_review(service)
    key, (browser, _) = key_of(service, "wang"), sign_in(service, "wang")
    form = {"csrf_token": token(browser, "/console/account")}
    review = browser.post("/console/quality/next", data=form).location
    service.clock.advance(hours=2)  # anybody may take it, and wang may still decide it

    looked = [key.get(f"/v1/cases/{case_id}").status_code, browser.get(f"/console/cases/{case_id}").location]
    still = browser.get(review).text
    taken = key_of(service, "zhao").post("/v1/second-reviews/next").get_json()["review"]

    assert looked == [409, review]
    assert 'name="decision"' in still
    assert taken["case_id"] == case_id
    assert key.get(f"/v1/cases/{case_id}").status_code == 200
    assert 'name="decision"' not in browser.get(review).text


@pytest.fixture(scope="module")
def judge(tmp_path_factory):
    return shipped_judge(tmp_path_factory.mktemp("judge"))


def test_opinions_of_a_blind_case_reach_no_decider_by_its_screening_or_content_before_it_is_decided(
    one_database, tmp_path, judge
):
    service = make_service(one_database, tmp_path, judge, reviewers="all: {blind_bp: 10000}")
    case_id = put_case(service)

    def work(session):
        case = session.get(Case, case_id)
        screening, content = session.get(Screening, case.screening_id), session.get(Content, case.content_pk)
        opinion = {"reviewer": "remote", "verdict": "review", "score_bp": 9_000, "reason": "图文不符"}
        screening.answer, screening.is_sealed = orjson.dumps({"decision": "review", "opinions": [opinion]}), False
        content.outcome_by, content.outcome_reason = "reviewer", "图文不符"
        return screening.id, content.content_id

    screening_id, content_id = service.parts.db.write(work)
    officer, uploader = key_of(service, "wang", "cases", "screen"), key_of(service, "hook", "screen")
    paths = (f"/v1/screenings/{screening_id}", f"/v1/contents/{content_id}", f"/v1/cases/{case_id}/opinions")

    kept = [officer.get(path) for path in paths]
    pack = officer.post(f"/v1/cases/{case_id}/evidence", json={"reason": "x"})
    told = [uploader.get(path) for path in paths[:2]]
    officer.post(f"/v1/cases/{case_id}/decide", json={"decision": "pass", "reason": "属实"})
    after = officer.get(paths[0])

    assert [answer.status_code for answer in kept] == [200, 200, 200]
    assert pack.status_code == 409
    assert "图文不符" not in "".join(answer.text for answer in [*kept, pack])
    assert all("图文不符" in answer.text for answer in [*told, after])
