"""The console's page of rules: what is in force, what waits, and a second officer's decision on it."""

from __future__ import annotations

import html
import re

import pytest

from app.flows.follow_snapshots import follow_once
from app.flows.watch_rules import check_bands, write_counts
from app.values.deciding import Firing, Verdict
from tests.console import Page, put_officer, sign_in, token
from tests.service import make_service, shipped_judge


@pytest.fixture(scope="module")
def judge(tmp_path_factory):
    return shipped_judge(tmp_path_factory.mktemp("judge"))


@pytest.fixture
def service(one_database, tmp_path, judge):
    return make_service(one_database, tmp_path, judge, rule_approval="required", rule_trip_min_evaluations=20)


def officer(service, username, *roles):
    put_officer(service, username, roles=list(roles))
    return sign_in(service, username)[0]


def propose(service, rule="S2-05", name="lin"):
    client = service.app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {service.key(name=name)}"
    body = {"kind": "rules", "reason": "先观察 <b>一周</b>", "edits": [{"rule": rule, "status": "shadow"}]}
    return client.post("/v1/snapshots", json=body).get_json()


def decide(client, candidate, decision="approve", reason="与法务核对过", **more):
    form = {"decision": decision, "reason": reason, "csrf_token": token(client, "/console/rules")} | more
    return client.post(f"/console/rules/candidates/{candidate['id']}", data=form)


def status_of(service, rule):
    return next(each.status for each in service.parts.live.current.engine.rules if each.id == rule)


def test_the_page_shows_rules_parameters_rates_and_what_has_tripped(service):
    rules = service.parts.live.current.rules_on("video_caption")
    for number in range(40):
        firing = [Firing("S8-02a", "content", Verdict.BLOCK, "", ())] if number % 4 else []
        service.parts.counts.note(rules, firing, now=service.clock())
    write_counts(service.parts)
    check_bands(service.parts, now=service.clock())
    follow_once(service.parts)

    answer = officer(service, "mei", "viewer").get("/console/rules?pack=content")
    text = Page(answer.text).text

    assert answer.status_code == 200
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    names = ("绝对化用语", "广告法第九条第三项", "health_food_categories", "2027-02-01")
    for said in (*names, "75.00%", "30 / 40", "已熔断，转人工", "0–50%"):
        assert said in text, said
    assert "来源：law:广告法第十七条" in text
    assert "等待第二人批准" not in text


def test_a_second_officer_approves_with_a_reason_and_it_takes_force(service):
    candidate = propose(service)
    mei = officer(service, "mei", "rule_approver")
    page = mei.get("/console/rules").text

    assert "状态由 生效 改为 影子" in page
    assert html.escape("先观察 <b>一周</b>") in page
    assert decide(mei, candidate, reason="  ").status_code == 422
    assert status_of(service, "S2-05") == "live"

    answer = decide(mei, candidate)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/console/rules")
    assert status_of(service, "S2-05") == "shadow"
    assert "等待第二人批准" not in mei.get("/console/rules").text


def test_a_second_officer_refuses_and_nothing_changes(service):
    candidate = propose(service)
    mei = officer(service, "mei", "admin")
    sent = token(mei, "/console/rules")

    assert decide(mei, candidate, "refuse").status_code == 303
    assert status_of(service, "S2-05") == "live"
    form = {"decision": "approve", "reason": "x", "csrf_token": sent}
    again = mei.post(f"/console/rules/candidates/{candidate['id']}", data=form)
    assert again.status_code == 409
    assert "没有办成" in again.text


@pytest.mark.parametrize("role", ["viewer", "officer", "senior", "rule_author", "finance", "auditor"])
def test_other_roles_see_the_candidate_without_buttons_and_cannot_decide(service, role):
    candidate = propose(service)
    mei = officer(service, "mei", role)
    page = mei.get("/console/rules").text

    assert "批准需要" in page
    assert 'name="decision"' not in page
    assert decide(mei, candidate).status_code == 403
    assert status_of(service, "S2-05") == "live"


def test_whoever_proposed_can_only_withdraw_and_cannot_decide(service):
    candidate = propose(service, name="mei")
    mei = officer(service, "mei", "rule_approver")
    page = mei.get("/console/rules").text

    assert "这是您提出的改动" in page
    assert buttons(page) == ["withdraw"]
    assert decide(mei, candidate).status_code == 409
    assert status_of(service, "S2-05") == "live"


@pytest.mark.parametrize("is_stale", [False, True])
def test_an_author_withdraws_what_they_proposed_and_everybody_reads_who_and_when(service, is_stale):
    candidate = propose(service, name="mei")
    if is_stale:
        propose(service, "S2-05b")
    mei, lin = officer(service, "mei", "rule_author"), officer(service, "lin", "rule_approver")

    strange = decide(lin, candidate, "withdraw")
    done = decide(mei, candidate, "withdraw", reason="")
    page = Page(mei.get(done.headers["Location"]).text).text

    assert (strange.status_code, done.status_code) == (403, 303)
    for said in ("已撤回：不再等待批准", "近 30 天驳回与撤回的改动", "先观察 <b>一周</b>", "已撤回 林晓雯"):
        assert said in page, said
    assert buttons(lin.get("/console/rules").text) == []
    assert decide(mei, candidate, "withdraw").status_code == 409


def test_whoever_proposed_reads_who_refused_it_and_why(service):
    candidate = propose(service, name="mei")
    mei, lin = officer(service, "mei", "rule_author"), officer(service, "lin", "rule_approver")

    decide(lin, candidate, "refuse", reason="影响面太大 <i>")

    page = mei.get("/console/rules").text
    assert "已驳回 林晓雯" in Page(page).text
    assert html.escape("影响面太大 <i>") in page
    service.clock.advance(days=31)
    assert "影响面太大" not in sign_in(service, "mei")[0].get("/console/rules").text


def buttons(page):
    return re.findall(r'name="decision" value="(\w+)"', page)


def test_a_decision_needs_the_forms_token_and_one_of_the_two_answers(service):
    candidate = propose(service)
    mei = officer(service, "mei", "rule_approver")

    assert decide(mei, candidate, csrf_token="rubbish").status_code == 400
    assert decide(mei, candidate, decision="perhaps").status_code == 409
    assert status_of(service, "S2-05") == "live"


def test_a_candidate_over_which_something_else_took_force_says_so_and_can_be_put_away(service):
    candidate = propose(service)
    propose(service, "S2-05b")  # asks people only: takes force at once
    mei, own = officer(service, "mei", "rule_approver"), officer(service, "lin", "rule_approver")

    page, of_whoever_asked = mei.get("/console/rules").text, own.get("/console/rules").text
    refused = decide(mei, candidate, "refuse", reason="已过时")

    assert "须重新提出" in page
    assert buttons(page) == ["refuse"]
    assert buttons(of_whoever_asked) == ["withdraw"]
    assert refused.status_code == 303
    assert "须重新提出" not in mei.get("/console/rules").text


@pytest.fixture
def viewer(service):
    """An officer who looks at all the rules there are."""
    return officer(service, "mei", "viewer")


def ids_on(page):
    return re.findall(r"<summary><code>([^<]+)</code>", page)


def test_hundreds_of_rules_are_shown_by_packs_until_something_narrows_them(viewer):
    whole, pack = viewer.get("/console/rules").text, viewer.get("/console/rules?pack=compensation").text

    assert ids_on(whole) == []
    assert whole.count('<th scope="row"><a href="/console/rules?pack=') == 13
    assert len(whole) < 100_000
    assert {"S3-21", "S3-22"} <= set(ids_on(pack))
    assert "S2-05" not in ids_on(pack)


@pytest.mark.parametrize(
    ("asked", "there", "gone"),
    [
        ("q=s2-05", "S2-05", "S3-21"),
        ("q=绝对化 广告法第九条", "S2-05", "S3-21"),
        ("kind=order.paid", "S3-12", "S2-05"),
        ("verdict=block&kind=content.submit", "S2-05", "S3-12"),
        ("state=live&q=预售未公示", "S3-12", "S2-05"),
        ("q=s3-12&pack=no-such-pack", "S3-12", "S2-05"),
    ],
)
def test_rules_are_found_by_words_kind_state_and_verdict(viewer, asked, there, gone):
    found = ids_on(viewer.get(f"/console/rules?{asked}").text)

    assert there in found
    assert gone not in found


def test_what_finds_nothing_says_so_and_keeps_what_was_asked(viewer):
    page = viewer.get("/console/rules?q=<b>没有这样的规则").text

    assert "没有符合条件的规则。" in page
    assert 'value="&lt;b&gt;没有这样的规则"' in page
    assert "清除条件" in page


def look_at(client, snapshot_id, **query):
    return client.get(f"/console/rules/versions/{snapshot_id}", query_string=query)


def roll_back(client, snapshot_id, **form):
    address = f"/console/rules/versions/{snapshot_id}"
    return client.post(address, data={"csrf_token": token(client, address)} | form, follow_redirects=True)


@pytest.fixture
def superseded(service):
    """The version before the one in force, five minutes after that, and who approved it."""
    before = service.parts.live.current.rules_id
    service.clock.advance(minutes=5)
    candidate = propose(service)
    mei = officer(service, "mei", "rule_approver")
    decide(mei, candidate)
    service.clock.advance(minutes=5)
    return before, mei


def test_going_back_shows_what_it_changes_wants_a_reason_and_waits_for_another_person(service, superseded):
    before, mei = superseded
    looked = Page(look_at(mei, before).text).text
    without = roll_back(mei, before, reason="  ")
    asked = roll_back(mei, before, reason="误改，先退回")

    assert "状态由 影子 改为 生效" in looked
    assert "由另一人批准才退回" in looked
    assert without.status_code == 422
    assert re.search(r'name="reason"[^>]*aria-invalid="true"[^>]*autofocus', without.text)
    assert "退回已提出，等另一人批准后生效" in Page(asked.text).text
    assert status_of(service, "S2-05") == "shadow"
    decide(officer(service, "an", "rule_approver"), {"id": before}, reason="同意退回")
    assert (status_of(service, "S2-05"), service.parts.live.current.rules_id) == ("live", before)


def test_each_version_says_who_asked_and_why_who_approved_and_what_it_changed(service, superseded):
    before, mei = superseded
    roll_back(mei, before, reason="误改，先退回")
    decide(officer(service, "an", "rule_approver"), {"id": before}, reason="同意退回")

    page = mei.get("/console/rules")
    lines = [
        Page(each).text
        for each in re.findall(r'<tr>\s*<th scope="row"><a href="/console/rules/versions.*?</tr>', page.text, re.DOTALL)
    ]
    versions = re.findall(r'<a href="(/console/rules/versions/[^"]+)"><code', page.text)
    changed = Page(mei.get(html.unescape(versions[1])).text).text

    assert len(lines) == 3
    for line, said in zip(
        lines,
        (
            ["退回", "误改，先退回", "同意退回", "生效中"],
            ["先观察 <b>一周</b>", "与法务核对过"],
            ["test", "–", "与现行相同"],
        ),
        strict=True,
    ):
        assert [each for each in said if each not in line] == []
    assert "状态由 生效 改为 影子" in changed
    assert "先观察 <b>一周</b>" in changed
    assert mei.get(html.unescape(versions[1]).split("?")[0] + "?before=nothing").status_code == 200


@pytest.mark.parametrize("role", ["viewer", "rule_author"])
def test_who_may_not_decide_is_offered_no_way_back_and_has_none(service, role):
    before = service.parts.live.current.rules_id
    decide(officer(service, "mei", "rule_approver"), propose(service))
    other = officer(service, "an", role)

    page = other.get("/console/rules")
    answer = other.post(f"/console/rules/versions/{before}", data={"csrf_token": token(other, "/console/rules")})
    looked = look_at(other, before)

    assert "查看并退回" not in page.text
    assert (looked.status_code, 'name="reason"' in looked.text) == (200, False)
    assert answer.status_code == 403
    assert status_of(service, "S2-05") == "shadow"


def test_what_was_never_in_force_cannot_be_gone_back_to(service):
    candidate = propose(service)
    mei = officer(service, "mei", "rule_approver")

    answer = mei.post(f"/console/rules/versions/{candidate['id']}", data={"csrf_token": token(mei, "/console/rules")})

    assert look_at(mei, candidate["id"]).status_code == 404
    assert answer.status_code == 404
    assert status_of(service, "S2-05") == "live"
