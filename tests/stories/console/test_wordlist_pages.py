"""The console's page of wordlists: what waits and what it would change, a second decision, uploads, the banner."""

from __future__ import annotations

import io
import re

import pytest
from sqlalchemy import select

from app.flows.follow_snapshots import follow_once
from app.flows.refresh_wordlists import refresh_wordlists
from app.models import AuditRow
from tests.console import Page, put_officer, sign_in, token
from tests.lists import HEAD, WORDS, in_force, list_server, make_refreshed, signed_source
from tests.working import work

PAGE = "/console/wordlists"


@pytest.fixture
def service(database, tmp_path):
    with list_server() as server:
        server.give(WORDS[:10])
        service = make_refreshed(database, tmp_path, signed_source(server))
        refresh_wordlists(service.parts, by="test")
        follow_once(service.parts)
        service.server = server
        yield service


def officer(service, username, *roles):
    put_officer(service, username, roles=list(roles))
    return sign_in(service, username)[0]


def post(client, path, **form):
    form["csrf_token"] = token(client, PAGE)
    return client.post(f"{PAGE}/{path}", data=form)


def held(service):
    service.screen(service.client(), f"清仓{WORDS[12]}甩卖 <b>", content_id="v-1")
    service.server.give([*WORDS[:10], WORDS[12], "女装"])
    return refresh_wordlists(service.parts, by="test").sources["platform"]["snapshot_id"]


def test_what_waits_is_shown_with_the_contents_it_would_judge_otherwise_and_decided(service):
    snapshot = held(service)
    mei, viewer = officer(service, "mei", "rule_approver"), officer(service, "bo", "viewer")

    answer = mei.get(PAGE)
    text = Page(answer.text).text

    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    for said in ("含日常用词：女装", f"清仓{WORDS[12]}甩卖 <b>", "其中新拦截 1 条", "新增词 2 项", "HTTPS，已签名"):
        assert said in text, said
    assert "<b>甩" not in answer.text
    assert "批准并启用" not in viewer.get(PAGE).text
    assert post(viewer, f"candidates/{snapshot}", decision="approve", reason="x").status_code == 403
    assert post(mei, f"candidates/{snapshot}", decision="approve", reason="").status_code == 422
    assert post(mei, f"candidates/{snapshot}", decision="approve", reason="看过").status_code == 303
    assert "女装" in in_force(service)["platform"]
    assert post(mei, f"candidates/{snapshot}", decision="approve", reason="又一次").status_code == 409


def candidates(page):
    """The candidates that wait, and the buttons of all of them."""
    ids = re.findall(r"/console/wordlists/candidates/([^\"]+)", page)
    return [each.replace("%3A", ":") for each in ids], re.findall(r'name="decision" value="(\w+)"', page)


def propose_words(service):
    """A word of lin and a word of mei in one candidate."""
    lin, mei = officer(service, "lin", "officer"), officer(service, "mei", "admin")
    for client, word in ((lin, "紫云英假货"), (mei, "黑曜石假货")):
        form = {"word": word, "category": "counterfeit", "verdict": "block", "reason": "通报"}
        assert post(client, "words", **form).status_code == 303
    work(service)
    return lin, mei


def test_of_a_candidate_of_several_people_one_withdraws_their_own_words_and_the_rest_waits_anew(service):
    lin, mei = propose_words(service)
    bo = officer(service, "bo", "admin")
    [both], buttons = candidates(lin.get(PAGE).text)

    strange = post(bo, f"candidates/{both}", decision="withdraw")
    service.clock.advance(seconds=1)
    done = post(lin, f"candidates/{both}", decision="withdraw")
    work(service)

    assert buttons == ["withdraw"]
    assert (strange.status_code, done.status_code) == (403, 303)
    assert done.headers["Location"].endswith("told=lists.withdrawn")
    [rest], buttons = candidates(bo.get(PAGE).text)
    assert rest != both
    assert buttons == ["without", "approve", "refuse"]
    assert candidates(lin.get(PAGE).text) == ([], [])
    assert candidates(mei.get(PAGE).text) == ([rest], ["withdraw"])
    assert "已撤回 林晓雯" in Page(mei.get(PAGE).text).text
    assert post(bo, f"candidates/{rest}", decision="approve", reason="看过").status_code == 303
    assert in_force(service)["officers_counterfeit"] == ["黑曜石假货"]


def test_an_upload_that_was_withdrawn_is_gone_and_not_proposed_again(service):
    lin, mei = officer(service, "lin", "officer"), officer(service, "mei", "admin")
    form = {"name": "notified", "category": "counterfeit", "verdict": "block", "law": "通报", "reason": "x"}
    post(lin, "uploads", **form, format="lines", file=(io.BytesIO("紫云英假货\n".encode()), "a.txt"))
    work(service)
    [waits], _ = candidates(lin.get(PAGE).text)

    assert post(lin, f"candidates/{waits}", decision="withdraw", reason="传错了").status_code == 303
    service.clock.advance(minutes=1)
    refresh_wordlists(service.parts, by="test")

    assert candidates(mei.get(PAGE).text)[0] == []
    assert "传错了" in mei.get(PAGE).text
    assert "notified" not in in_force(service)


def test_a_candidate_over_which_something_else_took_force_can_be_put_away_by_either(service):
    lin, mei = propose_words(service)
    bo = officer(service, "bo", "admin")
    form = {"word": "金边假货", "category": "counterfeit", "verdict": "block", "reason": "通报"}
    assert post(bo, "words", **form, urgent="1").status_code == 303
    [stale], buttons = candidates(bo.get(PAGE).text)

    assert "须重新提出" in bo.get(PAGE).text
    assert buttons[0] == "refuse"
    assert "approve" not in buttons
    assert candidates(mei.get(PAGE).text)[1][0] == "withdraw"
    assert post(bo, f"candidates/{stale}", decision="refuse", reason="过时").status_code == 303
    assert candidates(lin.get(PAGE).text)[0] == []
    with service.parts.db.read() as session:
        row = session.scalars(select(AuditRow).order_by(AuditRow.id.desc())).first()
    assert (row.action, row.actor) == ("snapshot.refuse", "officer:bo")


def test_officers_see_contents_of_their_own_shops_only(service):
    held(service)
    put_officer(service, "mei", roles=["rule_approver"], shop_ids=["shop-2"])

    assert f"清仓{WORDS[12]}" not in sign_in(service, "mei")[0].get(PAGE).text


def test_an_urgent_word_is_confirmed_by_another_officer(service):
    lin, mei = officer(service, "lin", "admin"), officer(service, "mei", "admin")
    form = {"word": "紫云英假货", "category": "counterfeit", "verdict": "block", "reason": "通报"}

    assert post(lin, "words", **form, urgent="1").status_code == 303
    assert in_force(service)["officers_counterfeit"] == ["紫云英假货"]
    own = lin.get(PAGE).text
    assert "确认保留" not in own
    change = own.split("/console/wordlists/changes/")[1].split('"')[0]
    assert post(lin, f"changes/{change}", decision="accept", reason="我").status_code == 403
    assert post(mei, f"changes/{change}", decision="accept", reason="核对").status_code == 303
    assert "确认保留" not in mei.get(PAGE).text
    assert post(lin, "words", **form | {"word": "的"}, urgent="1").status_code == 422


def test_an_upload_is_told_and_waits_for_another_officer(service):
    lin, mei = officer(service, "lin", "officer"), officer(service, "mei", "admin")
    form = {
        "name": "notified",
        "format": "csv",
        "category": "counterfeit",
        "verdict": "block",
        "law": "通报",
        "reason": "x",
    }

    said = post(lin, "uploads", **form, file=(io.BytesIO("词\n紫云英假货\n的\n".encode("gb18030")), "通报.csv"))
    assert "已读取 1 个词（gb18030），略去 1 条" in said.text
    assert post(lin, "uploads", **form, file=(io.BytesIO(b"<html></html>"), "a.csv")).status_code == 422
    assert post(lin, "refresh").status_code == 303
    work(service)
    snapshot = mei.get(PAGE).text.split("/console/wordlists/candidates/")[1].split('"')[0].replace("%3A", ":")
    assert post(mei, f"candidates/{snapshot}", decision="approve", reason="看过").status_code == 303

    assert in_force(service)["notified"] == ["紫云英假货"]


def test_an_officer_goes_back_to_an_earlier_version(service):
    mei = officer(service, "mei", "admin")
    found = re.findall(r"/console/wordlists/versions/(sha256[^?#\"]+)", mei.get(PAGE).text)
    first = found[-1].replace("%3A", ":")

    assert "platform" in mei.get(f"{PAGE}/versions/{first}").text
    assert post(mei, f"versions/{first}").status_code == 422
    assert "platform" in in_force(service)
    assert post(mei, f"versions/{first}", reason="词有误").status_code == 303
    assert "platform" not in in_force(service)
    assert "词有误" in mei.get(PAGE).text
    assert post(mei, "versions/sha256:" + "0" * 64).status_code == 404


def test_every_page_says_so_while_wordlists_are_stale(service):
    client = officer(service, "mei", "viewer")
    assert "未完成核对" not in client.get("/console/rules").text

    service.clock.advance(seconds=3_700)
    assert "词库已 1 小时 1 分未完成核对：将放行的内容暂缓" in Page(client.get("/console/cases").text).text.replace(
        "1 小时 1 分 ", "1 小时 1 分"
    )
    service.clock.advance(seconds=3_600)
    assert "已停止自动放行" in client.get("/console/rules").text


def test_a_list_in_another_format_of_ours_is_uploaded_with_its_own_head(service):
    lin = officer(service, "lin", "officer")
    form = {
        "name": "own_head",
        "format": "weiheng",
        "category": "counterfeit",
        "verdict": "block",
        "law": "x",
        "reason": "x",
    }

    said = post(lin, "uploads", **form, file=(io.BytesIO((HEAD + "紫云英假货\n").encode()), "a.txt"))

    assert "已读取 1 个词（utf-8）" in said.text


def test_an_officer_bound_to_shops_changes_no_words_and_reasons_are_kept_without_personal_data(service):
    put_officer(service, "bo", roles=["admin"], shop_ids=["shop-1"])
    bound, lin = sign_in(service, "bo")[0], officer(service, "lin", "admin")
    form = {"word": "紫云英假货", "category": "counterfeit", "verdict": "block", "reason": "来电 13800138000 举报"}

    assert post(lin, "words", **form).status_code == 303
    assert post(bound, "words", **form | {"word": "紫云英假酒"}, urgent="1").status_code == 403
    with service.parts.db.read() as session:
        reasons = session.scalars(select(AuditRow.reason).where(AuditRow.action == "word.propose")).all()
    assert reasons == ["来电 138****8000 举报"]


def test_a_candidate_is_let_in_without_the_words_that_would_stop_honest_titles(service):
    snapshot = held(service)
    mei = officer(service, "mei", "rule_approver")

    page = mei.get(PAGE).text
    assert 'value="platform/女装" aria-label="不收录 女装" checked' in page
    assert f'value="platform/{WORDS[12]}" aria-label="不收录 {WORDS[12]}">' in page
    assert "出现在正常标题里：" in Page(page).text
    assert "ordinary" not in page
    nothing = [f"platform/{WORDS[12]}", "platform/女装"]
    for wrong in ([], ["platform/不在里面"], [f"platform/{WORDS[0]}"], nothing):
        assert post(mei, f"candidates/{snapshot}", decision="without", leave_out=wrong, reason="x").status_code == 422
    assert (
        post(mei, f"candidates/{snapshot}", decision="without", leave_out=["platform/女装"], reason="误伤").status_code
        == 303
    )

    assert in_force(service)["platform"] == [*WORDS[:10], WORDS[12]]
    with service.parts.db.read() as session:
        row = session.scalars(select(AuditRow).where(AuditRow.action == "snapshot.accept_without")).one()
    assert (row.actor, row.reason, row.details["left_out"]) == ("officer:mei", "误伤", ["platform/女装"])
    assert (
        post(mei, f"candidates/{snapshot}", decision="without", leave_out=["platform/女装"], reason="x").status_code
        == 409
    )

    service.server.give([*WORDS[:10], WORDS[12], "女装", WORDS[13]])  # the source says it again
    assert refresh_wordlists(service.parts, by="test").state == "active"
    assert in_force(service)["platform"] == [*WORDS[:10], WORDS[12], WORDS[13]]


def test_over_http_words_are_left_out_by_list_and_word_and_rules_come_in_whole(service):
    snapshot = held(service)
    lists = service.client("wordlists")
    left_out = {"reason": "误伤", "leave_out": [{"wordlist": "platform", "word": "女装"}]}

    missing = {"reason": "误伤", "leave_out": [{"wordlist": "platform", "word": "没有"}]}
    assert lists.post(f"/v1/snapshots/{snapshot}/approve", json=missing).status_code == 422
    answer = lists.post(f"/v1/snapshots/{snapshot}/approve", json=left_out).get_json()

    assert answer["is_active"]
    assert answer["id"] != snapshot
    assert answer["summary"]["left_out"] == 1
    assert "女装" not in in_force(service)["platform"]
