"""The page of one rule: a tripped breaker is closed by somebody entitled, with a reason, and the page remembers it."""

from __future__ import annotations

import re

import pytest

from app.flows.follow_snapshots import follow_once
from app.flows.watch_rules import check_bands, write_counts
from app.values.deciding import Firing, Verdict
from tests.console import Page, put_officer, sign_in, token
from tests.service import make_service, shipped_judge

PAGE = "/console/rules/S8-02a"


@pytest.fixture(scope="module")
def judge(tmp_path_factory):
    return shipped_judge(tmp_path_factory.mktemp("judge"))


@pytest.fixture
def service(one_database, tmp_path, judge):
    return make_service(one_database, tmp_path, judge, rule_trip_min_evaluations=20)


@pytest.fixture
def tripped(service):
    rules = service.parts.live.current.rules_on("video_caption")
    for number in range(40):
        firing = [Firing("S8-02a", "content", Verdict.BLOCK, "", ())] if number % 4 else []
        service.parts.counts.note(rules, firing, now=service.clock())
    write_counts(service.parts)
    check_bands(service.parts, now=service.clock())
    follow_once(service.parts)
    return service


def officer(service, role="rule_approver"):
    put_officer(service, "mei", roles=[role])
    return sign_in(service, "mei")[0]


def reset(client, reason="平台接口已恢复", **more):
    return client.post(f"{PAGE}/reset", data={"csrf_token": token(client, PAGE), "reason": reason} | more)


def test_the_page_tells_what_a_rule_says_does_and_rests_on(tripped):
    text = Page(officer(tripped).get(PAGE).text).text

    for said in ("内容安全接口判定有风险", 'msg_sec_check.suggest == "risky"', "75.00%", "0–50%", "2027-02-01", "官方"):
        assert said in text or said == "官方", said
    assert "60 分钟内 30 / 40 次触发" in text
    assert "从未熔断" not in text


def test_the_page_says_which_facts_a_rule_asks_for_and_what_their_absence_means(service):
    client = officer(service, "viewer")

    chinese = re.sub(r"\s+", " ", Page(client.get("/console/rules/S3-12").text).text)
    english = Page(client.get("/console/rules/S3-12", headers={"Accept-Language": "en"}).text).text

    assert "所看的事实" in chinese
    assert re.search(r"predicted_delivery_at ?预售公布的发货时间 ?接入方报送；", chinese)
    assert "Facts it asks for" in english
    assert "told by the caller" in english


def test_a_rule_that_pays_is_not_called_one_that_lets_pass_and_its_parameters_have_names(service):
    client = officer(service, "viewer")

    chinese = re.sub(r"\s+", " ", Page(client.get("/console/rules/S8-40").text).text)
    english = re.sub(r"\s+", " ", Page(client.get("/console/rules/S8-40", headers={"Accept-Language": "en"}).text).text)

    assert "先行赔付 发出通知 先行赔付与履约时限" in chinese
    assert "通过" not in chinese
    assert "延迟发货赔付上限 late_max_fen" in chinese
    assert "参数“延迟发货赔付上限”没有来源" in chinese
    assert "most paid for late dispatch late_max_fen" in english
    assert "the parameter “most paid for late dispatch” has no source" in english


def test_a_tripped_rule_is_reset_with_a_reason_and_the_history_tells_both(tripped):
    mei = officer(tripped)

    assert reset(mei, reason=" ").status_code == 422
    assert tripped.parts.live.tripped == {"S8-02a"}
    answer = reset(mei)

    assert (answer.status_code, answer.headers["Location"]) == (303, PAGE)
    assert tripped.parts.live.tripped == frozenset()
    text = Page(mei.get(PAGE).text).text
    assert "已熔断" not in text
    assert text.index("规则恢复") < text.index("平台接口已恢复") < text.index("规则熔断2026")
    assert reset(mei).status_code == 409


@pytest.mark.parametrize("role", ["viewer", "officer", "senior", "rule_author", "finance", "auditor"])
def test_other_roles_see_it_and_cannot_reset(tripped, role):
    mei = officer(tripped, role)
    page = mei.get(PAGE).text

    assert "恢复需要" in page
    assert f'action="{PAGE}/reset"' not in page
    assert reset(mei).status_code == 403
    assert tripped.parts.live.tripped == {"S8-02a"}


def test_alarms_stand_on_the_page_of_rules_with_the_gravest_first(tripped):
    tripped.clock.advance(days=60)  # past 2027-01-02: reviews of 2027-02-01 are near
    text = Page(officer(tripped).get("/console/rules").text).text

    assert text.index("需要处理") < text.index("已熔断，拦截改为人工复核") < text.index("须在 2027-02-01 前复审")


def test_a_rule_that_does_not_exist_is_not_found(service):
    assert officer(service).get("/console/rules/S0-00").status_code == 404
