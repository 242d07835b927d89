"""回测 from where parameters and words are changed: what would have been decided otherwise, before it is proposed."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import select

from app.flows.backtest_answer import backtest_answer
from app.models import AuditRow, Backtest, Screening, WordChange, WordlistUpload
from tests.backtests import EVERYONE, screen_week
from tests.console import Page, put_officer, sign_in, token
from tests.lists import HEAD, in_force, make_refreshed
from tests.service import make_service
from tests.stories.console.test_rule_editor import send
from tests.working import work

PAGE = "/console/wordlists"
PARAMETER = "/console/rules/parameters/content/health_food_categories/edit"
NEW = {"word": "晨雾牌", "category": "counterfeit", "verdict": "block", "reason": ""}
LIST = {
    "name": "notified",
    "format": "lines",
    "category": "counterfeit",
    "verdict": "block",
    "law": "通报",
    "reason": "",
}


@pytest.fixture
def lists(sqlite_database, tmp_path):
    """Small lists in force, and a week in which 晨雾牌 was written and nothing listed."""
    service = make_refreshed(sqlite_database, tmp_path, lists={"own": HEAD + "高仿名表\n刷单\n"})
    screen_week(service, 40)
    return service


def officer(service, username, *roles, **more):
    put_officer(service, username, roles=list(roles), **more)
    return sign_in(service, username)[0]


def post(client, path, **form):
    return client.post(f"{PAGE}/{path}", data={"csrf_token": token(client, PAGE), "do": "backtest"} | form)


def result_of(service, answer, client):
    """What a run that was begun found; its page shows it."""
    assert answer.status_code == 303, answer.text
    work(service)
    page = Page(client.get(answer.headers["Location"]).text).text
    assert "已完成" in page
    with service.parts.db.read() as session:
        run = session.get_one(Backtest, answer.headers["Location"].rpartition("/")[2])
        return page, run, backtest_answer(session, run, is_whole=True, caller=EVERYONE)["result"]


def test_a_word_is_tried_on_last_weeks_contents_and_neither_proposed_nor_in_force(lists):
    mei = officer(lists, "mei", "rule_author")
    written = sum("晨雾牌" in text for text in shown(lists))

    page, run, found = result_of(lists, post(mei, "words", **NEW, urgent="1"), mei)

    assert run.tried == ["wordlists"]
    assert run.asked_by == "officer:mei"
    assert 0 < written == found["changed"]
    assert "晨雾牌" in page
    assert set(in_force(lists)) == {"own"}
    with lists.parts.db.read() as session:
        assert session.scalars(select(WordChange)).all() == []
        [row] = session.scalars(select(AuditRow).where(AuditRow.action == "backtest.start")).all()
    assert (row.actor, row.object_id, row.details["tried"]) == ("officer:mei", run.id, ["wordlists"])


def test_a_file_is_tried_as_the_list_it_would_be_and_not_kept(lists):
    mei = officer(lists, "mei", "rule_approver")
    written = sum("晨雾牌" in text for text in shown(lists))

    answer = post(mei, "uploads", **LIST, file=(io.BytesIO("晨雾牌\n雪顶牌\n".encode()), "a.txt"))
    page, _, found = result_of(lists, answer, mei)

    assert written == found["changed"]
    assert "notified" in page
    assert set(in_force(lists)) == {"own"}
    with lists.parts.db.read() as session:
        assert session.scalars(select(WordlistUpload)).all() == []


def test_what_feedback_proposed_is_tried_before_it_is_taken_up(lists):
    lin, mei = lists.client(), officer(lists, "mei", "rule_author")
    said = lists.screen(lin, "本店印刷单页宣传册", content_id="f-1").get_json()
    assert (
        lin.post(f"/v1/cases/{said['case_id']}/decide", json={"decision": "pass", "reason": "误报"}).status_code == 200
    )
    lists.clock.advance(minutes=1)
    with lists.parts.db.read() as session:
        change = session.scalars(select(WordChange)).one()
    page = mei.get(PAGE).text

    _, _, found = result_of(lists, post(mei, f"changes/{change.id}", decision="backtest"), mei)

    assert 'name="decision" value="backtest"' in page
    assert 'name="decision" value="accept"' not in page  # an author may try it, and not take it up
    assert found["changed"] == 1
    with lists.parts.db.read() as session:
        assert session.get(WordChange, change.id).state == "proposed"


@pytest.mark.parametrize(
    ("path", "form", "told"),
    [
        ("words", NEW | {"word": ""}, "没有写词"),
        ("words", NEW | {"word": "晨雾牌|x"}, "词里不能有 | 或 #"),
        ("words", NEW | {"category": "none"}, "不认识 none"),
        ("uploads", LIST | {"name": "own"}, "词库 own 来自其他来源"),
        ("uploads", LIST | {"name": "officers_counterfeit"}, "词库 officers_counterfeit 来自其他来源"),
    ],
)
def test_what_cannot_be_tried_is_told_and_what_was_written_stays(lists, path, form, told):
    mei = officer(lists, "mei", "admin")
    files = {"file": (io.BytesIO("晨雾牌\n".encode()), "a.txt")} if path == "uploads" else {}

    answer = post(mei, path, **form, **files)

    assert answer.status_code == 422
    [said] = [each for each in Page(answer.text).text.split("\n") if "这个版本不能试算" in each]
    assert told in said
    assert f'name="{"word" if path == "words" else "name"}"' in answer.text
    assert f'value="{form["word" if path == "words" else "name"]}"' in answer.text
    assert "还没有做过回测" in mei.get("/console/backtests").text


def test_who_may_only_propose_words_is_offered_no_trial_and_begins_none(lists):
    wu = officer(lists, "wu", "officer")

    page = wu.get(PAGE).text

    assert "提出一个词" in page or 'action="/console/wordlists/words"' in page
    assert 'value="backtest"' not in page
    assert post(wu, "words", **NEW).status_code == 403
    assert post(wu, "uploads", **LIST, file=(io.BytesIO(b"x"), "a.txt")).status_code == 403
    assert post(wu, "changes/none", decision="backtest").status_code == 403


def test_a_parameter_is_tried_on_last_week_before_anybody_proposes_it(one_database, tmp_path, few_judge, few):
    service = make_service(one_database, tmp_path, few_judge, **few, rule_approval="required", evaluator="python")
    screen_week(service, 30)
    author = officer(service, "lin", "rule_author")
    before = author.get(PARAMETER).text
    wrong = send(author, PARAMETER, "backtest", origin="")

    answer = send(author, PARAMETER, "backtest", default="保健食品\n文具")
    page, run, found = result_of(service, answer, author)
    again = send(author, PARAMETER, "propose", default="保健食品\n文具", why="先看结果")

    assert 'name="do" value="backtest"' in before
    assert wrong.status_code == 422
    assert "有示例不再成立" in page  # looked at, and not proposed
    assert again.status_code == 422
    assert run.tried == ["rules"]
    assert run.rules_snapshot != service.parts.live.current.rules_id
    assert found["looked_at"] == 30
    assert author.get(PARAMETER).text.count("文具") == before.count("文具") == 0


def shown(service):
    with service.parts.db.read() as session:
        return list(session.scalars(select(Screening.excerpt)))
