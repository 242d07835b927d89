"""回测 in the console: an author tries an edit on the last week and reads what would change; others look or may not."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from app.models import Case, Screening
from app.values.access import Caller
from app.web.console.backtest_cases import cases_of_contents
from tests.backtests import screen_week
from tests.console import token
from tests.service import make_service
from tests.stories.console.test_rule_editor import officer, send
from tests.working import work

EDIT = "/console/rules/S2-05/edit"
WEEK = 120


@pytest.fixture
def service(one_database, tmp_path, few_judge, few):
    return make_service(one_database, tmp_path, few_judge, **few, rule_approval="required", evaluator="python")


def started(client):
    answer = send(client, EDIT, "backtest", status="shadow")
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def post(client, path, at="/console/backtests", **fields):
    return client.post(path, data={"csrf_token": token(client, at)} | fields)


def waiting(service):
    """An author's proposal that waits for a second person; the author's client, and the candidate's id."""
    author = officer(service)
    assert send(author, EDIT, "propose", status="shadow", why="先观察").status_code == 303
    return author, author.get("/console/rules").text.split('name="candidate" value="')[1].split('"')[0]


def test_an_edit_is_tried_on_last_weeks_contents_before_anybody_proposes_it(service):
    screen_week(service, WEEK)
    client = officer(service)

    address = started(client)
    running = client.get(address).text
    work(service)
    done = client.get(address).text

    assert "进行中" in running
    assert "取消回测" in running
    assert "已完成" in done
    assert f"<b>{WEEK}</b>" in done
    assert "S2-05" in done
    assert "影子" in done
    assert client.get("/console/backtests").text.count(address) == 1
    assert client.get(f"{address}.csv").text.lstrip("\ufeff").startswith("screening_id,")


def test_what_would_change_leads_to_its_case_and_not_to_other_shops_cases(service):
    screen_week(service, 30)
    client = officer(service)
    address = started(client)
    work(service)

    page = client.get(address).text
    linked = re.findall(r'<a href="/console/cases/([0-9a-f-]{36})"><bdi', page)

    with service.parts.db.read() as session:
        opened = set(session.scalars(select(Case.id)))
        shown = session.scalars(select(Screening)).all()
        samples = [{"screening_id": each.id} for each in shown]
        elsewhere = Caller("bo", "officer:bo", frozenset({"senior"}), frozenset({"shop-9"}))
        assert cases_of_contents(session, samples, caller=elsewhere) == {}
    assert linked
    assert set(linked) <= opened
    assert client.get(f"/console/cases/{linked[0]}").status_code == 200


def test_an_edit_that_is_wrong_is_told_at_its_field_and_not_tried(service):
    client = officer(service)

    answer = send(client, EDIT, "backtest", when="no_such_fact == 1")

    assert answer.status_code == 422
    assert "还没有做过回测" in client.get("/console/backtests").text


def test_a_candidate_that_waits_is_tried_by_who_decides_it(service):
    screen_week(service, 20)
    _, candidate = waiting(service)
    approver = officer(service, "wen", "rule_approver")

    answer = post(approver, "/console/backtests", candidate=candidate, days="30", most="")
    work(service)

    assert "用近 7 天试算" in approver.get("/console/rules").text
    assert answer.status_code == 303
    assert "已完成" in approver.get(answer.headers["Location"]).text


def test_a_run_that_goes_on_can_be_ended_and_says_so(service):
    screen_week(service, 30)
    client = officer(service)
    address = started(client)

    ended = post(client, f"{address}/cancel", at=address)
    work(service)

    assert ended.headers["Location"] == address
    assert "这次回测已取消" in client.get(address).text
    assert client.get(f"{address}.csv").status_code == 409


@pytest.mark.parametrize("given", [{"candidate": "sha256:none"}, {"days": "8"}, {"most": "-1"}, {"most": "many"}])
def test_what_cannot_be_tried_is_told_and_the_form_stays(service, given):
    author, candidate = waiting(service)

    answer = post(author, "/console/backtests", **{"candidate": candidate, "days": "7", "most": ""} | given)

    assert answer.status_code == 422
    assert "请选择一个版本和一个期间" in answer.text


def test_who_may_only_read_starts_nothing_and_others_do_not_even_read(service):
    screen_week(service, 30)
    address = started(officer(service))
    auditor, other = officer(service, "ou", "auditor"), officer(service, "wu", "officer")

    assert auditor.get(address).status_code == 200
    assert "开始回测" not in auditor.get("/console/backtests").text
    assert post(auditor, "/console/backtests", days="7").status_code == 403
    assert post(auditor, f"{address}/cancel").status_code == 403
    assert other.get("/console/backtests").status_code == 403
    assert other.get(address).status_code == 403


def test_a_run_over_all_shops_is_not_shown_to_an_officer_of_one(service):
    screen_week(service, 30)
    address = started(officer(service))
    bound = officer(service, "xu", "senior", shop_ids=["shop-1"])

    assert bound.get(address).status_code == 404
    assert address not in bound.get("/console/backtests").text
