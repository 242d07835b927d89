"""抽检 and 练习: a share is decided again blind, disagreement is resolved and taught, newcomers train first."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.flows.decide_case import decide_case
from app.flows.second_review import watch_drift
from app.models import Case, Content, EntityMark, Precedent, SecondReview
from app.review.cases import Said
from app.review.second_reviews import is_drawn
from app.values.access import Caller
from app.values.deciding import Decision, Opinion, Verdict
from tests.console import Page, put_case, put_officer, sign_in, token
from tests.service import make_service

LIN = Caller("1", "officer:lin", frozenset({"officer"}), None)
LIN_SENIOR = Caller("9", "officer:lin", frozenset({"senior"}), None)
ALL = "content=10000,orders=10000,senior=10000"


@pytest.fixture
def service(database, tmp_path):
    return make_service(database, tmp_path, second_review_shares=ALL, second_review_window=10)


@pytest.fixture
def people(service):
    """Lin decides first, Wu reviews, the chief resolves."""
    for username, role in (("lin", "officer"), ("wu", "officer"), ("chief", "senior")):
        put_officer(service, username=username, roles=[role])
    return {name: sign_in(service, name)[0] for name in ("lin", "wu", "chief")}


def decided(service, outcome="block", **case):
    case_id = put_case(service, **case)
    decide_case(service.parts, case_id, Said(outcome, "首次理由"), caller=LIN, now=service.clock())
    return case_id


def post(client, path, **form):
    return client.post(path, data=form | {"csrf_token": token(client, "/console/account")})


def only_review(service):
    with service.parts.db.read() as session:
        return session.scalars(select(SecondReview)).one()


def row(service, model, row_id):
    with service.parts.db.read() as session:
        return session.get_one(model, row_id)


def taken(client):
    answer = post(client, "/console/quality/next")
    assert answer.status_code == 303
    return answer.location


def test_the_review_shows_the_content_and_nothing_of_the_first_decision_or_of_machines_opinions(service, people):
    opinions = (Opinion("remote", Verdict.BLOCK, 9_900, "机器认为违规"),)
    case_id = decided(
        service, fields={"text": "待查正文"}, decision=Decision(Verdict.REVIEW, doubts=("拿不准",), opinions=opinions)
    )

    where = taken(people["wu"])
    page = people["wu"].get(where).text

    assert "待查正文" in page
    for kept_back in ("首次理由", "机器认为违规", "lin", "林晓雯</b> <small>officer"):
        assert kept_back not in Page(page).text, kept_back
    assert people["wu"].get(f"/console/cases/{case_id}").location == where


def test_whoever_had_a_say_gets_no_review_of_that_case(service, people):
    decided(service)

    assert taken(people["lin"]).endswith("/console/quality")
    assert "/reviews/" in taken(people["wu"])


def test_a_review_somebody_else_took_can_neither_be_seen_nor_decided(service, people):
    decided(service)
    where = taken(people["wu"])

    page = people["chief"].get(where).text
    answer = post(people["chief"], f"{where}/decide", decision="pass", reason="我来")

    assert "本件抽检不由您处理" in page
    assert answer.status_code == 409


def test_the_same_decision_agrees_and_another_is_disputed_until_a_third_person_resolves_it(service, people):
    case_id = decided(service)
    where = taken(people["wu"])
    post(people["wu"], f"{where}/decide", decision="pass", reason="没有违规")

    assert only_review(service).state == "disputed"
    assert row(service, Case, case_id).outcome == "block"
    assert post(people["lin"], f"{where}/resolve", decision="pass", lesson="x").status_code == 403
    assert post(people["chief"], f"{where}/resolve", decision="pass", lesson="").status_code == 422
    assert post(people["chief"], f"{where}/resolve", decision="pass", lesson="引用他人评价不算").status_code == 303
    assert "引用他人评价不算" in people["lin"].get("/console/quality").text
    assert row(service, Case, case_id).outcome == "block", "the case follows only where that was asked for"


def test_a_resolved_disagreement_corrects_the_case_with_all_that_followed_from_it(service, people):
    case_id = decided(service, basis="sha256:" + "1" * 64)
    where = taken(people["wu"])
    post(people["wu"], f"{where}/decide", decision="pass", reason="没有违规")

    post(people["chief"], f"{where}/resolve", decision="pass", lesson="引用不算", corrects="1")

    case = row(service, Case, case_id)
    assert (case.outcome, case.reason, case.policy) == ("pass", "引用不算", None)
    assert row(service, Content, case.content_pk).decision == "pass"
    with service.parts.db.read() as session:
        assert {mark.voided_by for mark in session.scalars(select(EntityMark))} == {"officer:chief"}
        assert [
            each for each in session.scalars(select(Precedent)) if each.outcome == "block" and not each.revoked_at
        ] == []


def test_an_outcome_against_the_merchant_names_its_policy(service, people):
    decided(service, "pass")
    where = taken(people["wu"])

    answer = post(people["wu"], f"{where}/decide", decision="block", reason="违规")

    assert answer.status_code == 422
    assert "请选择所依据的类别或规则" in answer.text


def test_falling_agreement_is_an_alarm_on_the_pages(service, people):
    for number in range(10):
        decided(service, ("pass", "block")[number % 2], fields={"text": f"第{number}条"})
    for number in range(10):
        where = taken(people["wu"])
        with service.parts.db.read() as session:
            review = session.get_one(SecondReview, where.rpartition("/")[2])
        outcome = review.first_outcome if number % 3 else {"pass": "block", "block": "pass"}[review.first_outcome]
        post(people["wu"], f"{where}/decide", decision=outcome, reason="独立判断", policy="absolute_terms")

    found = watch_drift(service.parts)

    assert (found.pairs, found.is_alarm) == (10, True)
    assert "一致性下降" in people["wu"].get("/console/quality").text
    assert "抽检一致性下降" in people["wu"].get("/console/dashboard").text
    told = service.client("cases").get("/v1/second-reviews/agreement").get_json()
    assert told["all"]["pairs"] == 10
    assert told["all"]["agreed_bp"] == 6_000
    assert told["officers"]["officer:lin"]["kappa_low_bp"] < told["officers"]["officer:lin"]["kappa_bp"]
    assert "officer,officer:lin,10" in people["chief"].get("/console/quality.csv").text
    assert "officer:lin" not in people["wu"].get("/console/quality.csv").text


def test_the_share_is_stable_and_about_as_large_as_it_is_set():
    ids = [f"case-{number}" for number in range(4_000)]

    drawn = {each for each in ids if is_drawn(each, 500, b"key")}

    assert 140 < len(drawn) < 260
    assert drawn == {each for each in ids if is_drawn(each, 500, b"key")}
    assert drawn <= {each for each in ids if is_drawn(each, 1_000, b"key")}
    assert not any(is_drawn(each, 0, b"key") for each in ids)


def test_nothing_is_drawn_where_the_share_is_nothing(database, tmp_path):
    service = make_service(database, tmp_path, second_review_shares="")
    decided(service)

    with service.parts.db.read() as session:
        assert session.scalars(select(SecondReview)).all() == []


def test_over_http_a_waiting_review_says_nothing_of_the_first_decision(service):
    decided(service)
    client = service.client("cases")

    taken_one = client.post("/v1/second-reviews/next").get_json()
    path = f"/v1/second-reviews/{taken_one['review']['id']}"
    said = client.post(
        f"{path}/decide", json={"decision": "block", "policy": "absolute_terms", "reason": "同意"}
    ).get_json()

    assert (taken_one["review"]["first_outcome"], taken_one["review"]["first_by"]) == (None, None)
    assert (said["state"], said["first_outcome"]) == ("agreed", "block")
    assert client.post(f"{path}/resolve", json={"decision": "pass", "lesson": "x"}).status_code in {403, 409}
    assert client.post("/v1/second-reviews/next").get_json()["review"] is None


def test_newcomers_get_live_cases_after_the_mark_is_reached_where_that_is_asked_for(database, tmp_path):
    service = make_service(database, tmp_path, gold_required=True, gold_count=2, gold_pass_bp=5_000)
    for username, role in (("new", "officer"), ("chief", "senior")):
        put_officer(service, username=username, roles=[role])
    new, senior = (sign_in(service, name)[0] for name in ("new", "chief"))
    ids = [put_case(service, fields={"text": f"练习{number}"}) for number in range(2)]
    put_case(service, fields={"text": "实况"})
    for case_id in ids:
        decide_case(service.parts, case_id, Said("block", "首裁理由"), caller=LIN_SENIOR, now=service.clock())
        assert post(senior, f"/console/cases/{case_id}/gold", lesson="绝对化用语").status_code == 303

    refused = post(new, "/console/cases/next")
    first = new.get("/console/quality/training")
    answers = []
    for outcome in ("pass", "block"):
        gold_id = new.get("/console/quality/training").text.split("/quality/training/")[1][:36]
        answers.append(post(new, f"/console/quality/training/{gold_id}", decision=outcome).text)

    assert refused.status_code == 403
    assert "请先完成练习" in refused.text
    assert "练习0" in first.text
    assert "首裁理由" not in first.text
    assert "标准答案是「违规」" in answers[0]
    assert "回答正确" in answers[1]
    assert post(new, "/console/cases/next").status_code == 303
    assert "50.0%" in senior.get("/console/quality").text


def test_a_case_is_gold_once_and_only_when_decided(service):
    client = service.client("cases")
    open_id, decided_id = put_case(service), decided(service)

    assert client.post(f"/v1/cases/{open_id}/gold", json={"lesson": "为何"}).status_code == 409
    assert client.post(f"/v1/cases/{decided_id}/gold", json={"lesson": "为何"}).status_code == 200
    assert client.post(f"/v1/cases/{decided_id}/gold", json={"lesson": "为何"}).status_code == 409
    assert [each["case_id"] for each in client.get("/v1/gold-cases").get_json()["items"]] == [decided_id]


@pytest.mark.parametrize("shares", ["content=20000", "nowhere=5", "content", "content=5%"])
def test_wrong_shares_stop_the_start_and_say_what_was_expected(shares, database, tmp_path):
    with pytest.raises(ValueError, match="expected queue=share"):
        make_service(database, tmp_path, second_review_shares=shares)
