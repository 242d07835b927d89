"""处置话术: two people change one, a decision uses the version in force and names it, the merchant sees it."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from app.flows.appeal_case import offer_appeal
from app.flows.decide_case import decide_case
from app.flows.keep_wordings import decide_wording, propose_wording
from app.models import OutboxMessage
from app.review.cases import Said
from app.values.access import Caller
from tests.console import put_case, put_officer, sign_in, token

AUTHOR = Caller("1", "officer:author", frozenset({"senior"}), None)
OTHER = Caller("2", "officer:other", frozenset({"senior"}), None)
LIN = Caller("3", "officer:lin", frozenset({"officer"}), None)


@pytest.fixture
def one_database(database):
    """Both: what these pages show is filtered and counted by the database."""
    return database


def put_wording(service, text, *, outcome="block", policy=""):
    about = {"outcome": outcome, "policy": policy, "text": text, "reason": "修订"}
    row = propose_wording(service.parts, **about, caller=AUTHOR, now=service.clock())
    return decide_wording(service.parts, row.id, approve=True, reason="核对", caller=OTHER, now=service.clock())


def decided(service, outcome="block"):
    case_id = put_case(service)
    decide_case(service.parts, case_id, Said(outcome, "理由"), caller=LIN, now=service.clock())
    return case_id


def wording_of(service, case_id):
    return service.client("cases").get(f"/v1/cases/{case_id}").get_json()["wording"]


def test_a_decision_uses_the_policys_wording_before_the_outcomes_and_names_its_version(service):
    put_wording(service, "通用第一版")
    general = decided(service)
    put_wording(service, "绝对化用语专用", policy="absolute_terms")
    exact = decided(service)
    put_wording(service, "绝对化用语第二版", policy="absolute_terms")

    assert (wording_of(service, general)["text"], wording_of(service, general)["version"]) == ("通用第一版", 1)
    assert wording_of(service, exact)["text"] == "绝对化用语专用"
    assert (wording_of(service, decided(service))["version"], wording_of(service, exact)["version"]) == (2, 1)


def test_an_ended_wording_is_told_no_more(service):
    put_wording(service, "旧话术")
    put_wording(service, "")

    assert wording_of(service, decided(service)) is None


def test_the_merchant_is_told_by_webhook_and_on_the_page_of_the_appeal(service):
    service.client("admin", "cases").post(
        "/v1/webhooks", json={"url": "https://127.0.0.1/hook", "event_types": ["content.outcome"]}
    )
    put_wording(service, "请删去绝对化用语后重新提交")
    case_id = decided(service)
    appeal, url = offer_appeal(service.parts, case_id, caller=LIN, now=service.clock())

    with service.parts.db.read() as session:
        sent = [json.loads(row.body)["data"] for row in session.scalars(select(OutboxMessage))]
    page = service.app.test_client().get(url.partition("8000")[2]).text

    assert [each["wording"]["version"] for each in sent] == [1]
    assert "请删去绝对化用语后重新提交" in page
    told = service.app.test_client().get(f"/v1/appeals/{url.rpartition('/')[2]}").get_json()
    assert told["wording"] == "请删去绝对化用语后重新提交"
    assert appeal.case_id == case_id


def test_what_an_officer_decides_with_is_shown_before_and_after(service):
    put_wording(service, "先看到的话术")
    case_id = put_case(service)
    put_officer(service)
    client, _ = sign_in(service)

    before = client.get(f"/console/cases/{case_id}").text
    decide_case(service.parts, case_id, Said("block", "理由"), caller=LIN, now=service.clock())

    assert "先看到的话术" in before
    assert "第 1 版" in client.get(f"/console/cases/{case_id}").text


def test_on_the_page_one_proposes_and_another_approves(service):
    for username in ("author", "other"):
        put_officer(service, username=username, roles=["senior"])
    author, other = (sign_in(service, name)[0] for name in ("author", "other"))
    form = {"outcome": "return", "policy": "", "text": "请按建议修改", "reason": "新增"}

    def post(client, path, **said):
        return client.post(path, data=said | {"csrf_token": token(client, "/console/account")})

    assert post(author, "/console/wordings/propose", **form).status_code == 303
    assert "请按建议修改" in author.get("/console/wordings").text
    row_id = other.get("/console/wordings").text.split('action="/console/wordings/')[1][:36]
    assert post(author, "/console/wordings/propose", **form).status_code == 409
    assert post(author, f"/console/wordings/{row_id}", decision="approve", reason="好").status_code == 403
    assert post(other, f"/console/wordings/{row_id}", decision="approve", reason="").status_code == 422
    assert post(other, f"/console/wordings/{row_id}", decision="approve", reason="好").status_code == 303
    assert post(other, f"/console/wordings/{row_id}", decision="approve", reason="好").status_code == 409
    assert '生效中 <span class="count">1</span>' in author.get("/console/wordings").text


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"outcome": "block", "policy": "", "text": "话术", "reason": "x"}, 200),
        ({"outcome": "block", "policy": "", "text": "", "reason": "x"}, 409),
        ({"outcome": "hold", "policy": "", "text": "话术", "reason": "x"}, 422),
        ({"outcome": "block", "policy": "", "text": "话" * 2001, "reason": "x"}, 422),
        ({"outcome": "block", "policy": "", "text": "话术", "reason": " "}, 422),
    ],
)
def test_over_http_a_proposal_is_kept_or_told_why_not(service, body, status):
    assert service.client("cases").post("/v1/wordings", json=body).status_code == status


def test_a_key_of_some_shops_changes_no_wording(service):
    client = service.client("cases", shops=["shop-1"])

    answer = client.post("/v1/wordings", json={"outcome": "block", "policy": "", "text": "话术", "reason": "x"})

    assert answer.status_code == 403


def test_an_overturned_case_tells_the_wording_of_its_new_outcome(service):
    put_wording(service, "违规话术")
    put_wording(service, "已恢复展示", outcome="pass")
    case_id = decided(service)
    _, url = offer_appeal(service.parts, case_id, caller=LIN, now=service.clock())
    merchant = service.app.test_client()
    merchant.post(f"/v1/appeals/{url.rpartition('/')[2]}", json={"text": "误判", "files": []})

    service.client("cases").post(f"/v1/cases/{case_id}/appeal/decide", json={"decision": "pass", "reason": "证据充分"})

    assert wording_of(service, case_id)["text"] == "已恢复展示"
