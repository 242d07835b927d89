"""排班 on its page, what stands above an officer's work, images behind a veil, and breaks."""

from __future__ import annotations

import re
from datetime import timedelta

import orjson
import pytest
from sqlalchemy import select

from app.models import AuditRow, Case, Officer, Screening
from tests.console import Page, officer_of, put_case, put_officer, sign_in, token
from tests.peers import answering
from tests.service import START

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
WEEK = {"kind": "weekly", "opens": "19:00", "closes": "23:00", "weekdays": ["1", "2"], "first_day": "2026-11-01"}


@pytest.fixture
def chief(service):
    put_officer(service, "wang", display_name="王志强")
    put_officer(service, "chief", display_name="周敏", roles=["senior"])
    return sign_in(service, "chief")[0]


def post(client, path, **form):
    return client.post(path, data=form | {"csrf_token": token(client, "/console/account")}, follow_redirects=True)


def officer_row(service, username):
    with service.parts.db.read() as session:
        return session.scalar(select(Officer).filter_by(username=username))


def test_a_shift_and_skills_are_set_on_the_page_and_hold_for_the_next_case(service, chief):
    put_case(service, category="doubt")
    added = post(chief, "/console/roster/wang/shifts", **WEEK)
    skilled = post(chief, "/console/roster/wang/skills", queues="content", categories="doubt", scripts="han")
    wang, _ = sign_in(service, "wang")

    off = wang.get("/console/cases").text
    refused = post(wang, "/console/cases/next")
    service.clock.advance(hours=2)
    taken = post(wang, "/console/cases/next")

    assert "每周 周一、周二 19:00–23:00" in Page(added.text).text
    assert "不当班，下次 11-23 19:00" in Page(added.text).text
    assert officer_row(service, "wang").skills == {
        "categories": ["doubt"],
        "queues": ["content"],
        "scripts": ["han"],
    }
    assert "checked> 中文" in re.sub(r"\s+", " ", skilled.text)
    assert "您现在不当班" in off
    assert refused.status_code == 403
    assert "您现在不当班，不能领取下一件。 下次当班：2026-11-23 19:00。" in refused.text
    assert taken.request.path.startswith("/console/cases/")
    assert "当班，至 11-23 23:00" in Page(chief.get("/console/roster").text).text


@pytest.mark.parametrize(
    "wrong", [{"opens": "25:00"}, {"closes": "19:00"}, {"weekdays": []}, {"kind": "x"}, {"first_day": "gestern"}]
)
def test_a_wrong_shift_is_told_and_not_kept(chief, wrong):
    answer = post(chief, "/console/roster/wang/shifts", **WEEK | wrong)

    assert answer.status_code == 422
    assert "排班没有保存" in answer.text
    assert "没有班次" in Page(answer.text).text


def test_a_leave_is_ended_by_its_button_and_only_seniors_have_buttons(service, chief):
    leave = {"kind": "leave", "first_day": "2026-11-23", "last_day": "2026-11-24"}
    page = post(chief, "/console/roster/wang/shifts", **leave).text
    [path] = re.findall(r'action="(/console/roster/shifts/[^"]+/end)"', page)
    wang, _ = sign_in(service, "wang")

    assert "请假 2026-11-23 至 2026-11-24" in page
    assert "/end" not in wang.get("/console/roster").text
    assert post(wang, path).status_code == 403
    assert "请假 2026-11-23" not in post(chief, path).text


def test_cases_nobody_on_duty_can_judge_are_told(service, chief):
    put_case(service, category="counterfeit")
    put_case(service, category="doubt")
    for username in ("wang", "chief"):
        post(chief, f"/console/roster/{username}/skills", categories="doubt")

    page = Page(chief.get("/console/roster").text).text

    assert "counterfeit：1 件待审" in page
    assert page.count("件待审") == 1


def test_the_end_of_a_shift_is_read_by_the_next_officer_once(service, chief):
    case_id = put_case(service, assigned_to="officer:wang")
    wang, _ = sign_in(service, "wang")
    left = post(wang, "/console/cases/shift-end", note="等商家来电 13800138000", to="chief")

    shown = chief.get("/console/cases").text
    [path] = re.findall(r'action="(/console/roster/handovers/[^"]+)"', shown)
    after = post(chief, path).text

    assert "已把 1 件案件交给 周敏。" in left.text
    assert "王志强 已交班，1 件案件交给 周敏" in shown
    assert "等商家来电 138****8000" in shown
    assert "王志强 已交班" not in after
    assert case_id in chief.get("/console/roster").text
    with service.parts.db.read() as session:
        assert session.get_one(Case, case_id).assigned_to == "officer:chief"


def test_hand_overs_are_turned_over_page_by_page(service, chief):
    wang, _ = sign_in(service, "wang")
    for number in range(31):
        post(wang, "/console/cases/shift-end", note=f"第{number}次")

    first = chief.get("/console/roster").text
    [older] = re.findall(r'href="(/console/roster\?before=[^"]+)"', first)

    assert "第30次" in first
    assert "第0次" not in first
    assert "第0次" in chief.get(older).text


def with_medium(service, url, **more):
    case_id = put_case(service)

    def work(session):
        row = session.get_one(Screening, session.get_one(Case, case_id).screening_id)
        kept = orjson.loads(row.request)
        row.request = orjson.dumps(kept | {"media": [["image", url, more.get("sha256")], ["video", url, None]]})

    service.parts.db.write(work)
    return case_id


def test_an_image_is_fetched_by_the_service_and_veiled_as_the_officer_chose(service, officer):
    asked = []

    def play(_method, path, headers, _body):
        asked.append((path, headers.get("cookie")))
        return 200, {}, PNG

    with answering(play) as url:
        case_id = with_medium(service, f"{url}/cover.png")
        page = officer.get(f"/console/cases/{case_id}").text
        image = officer.get(f"/console/cases/{case_id}/media/0")
        nothing = officer.get(f"/console/cases/{case_id}/media/1")
        post(officer, "/console/account/comfort", veil="both", break_minutes="45", severe_cases="10")
        chosen = officer.get(f"/console/cases/{case_id}").text
        post(officer, "/console/account/comfort", veil="none", break_minutes="45", severe_cases="10")
        plain = officer.get(f"/console/cases/{case_id}").text

    assert f'src="/console/cases/{case_id}/media/0"' in page
    assert url not in "".join(re.findall(r'src="([^"]+)"', page))
    assert (image.data, image.content_type) == (PNG, "image/png")
    assert image.headers["X-Content-Type-Options"] == "nosniff"
    assert asked == [("/cover.png", None)]
    assert nothing.status_code == 404
    assert 'class="media veil-blur"' in page
    assert 'class="media veil-blur veil-grey"' in chosen
    assert 'class="media"' in plain
    assert officer_row(service, "lin").comfort == {"veil": "none", "break_minutes": 45, "severe_cases": 10}


@pytest.mark.parametrize(
    ("status", "body", "sha256"),
    [(404, PNG, None), (200, b"<svg xmlns='http://www.w3.org/2000/svg'/>", None), (200, PNG, "0" * 64)],
    ids=["gone", "no image", "another file"],
)
def test_what_is_no_image_or_not_the_one_that_was_screened_is_not_shown(service, officer, status, body, sha256):
    with answering(lambda *_: (status, {}, body)) as url:
        case_id = with_medium(service, f"{url}/cover.png", sha256=sha256)
        answer = officer.get(f"/console/cases/{case_id}/media/0")

    assert answer.status_code >= 500
    assert body not in answer.data


def test_an_image_of_another_shop_is_not_there(service):
    case_id = with_medium(service, "https://example.com/a.png")
    client = officer_of(service, shop_ids=["shop-2"])

    assert client.get(f"/console/cases/{case_id}/media/0").status_code == 404


def test_a_break_is_suggested_postponed_and_taken(service, officer):
    ids = [put_case(service, severity=5, due_at=START + timedelta(hours=number)) for number in range(6)]
    post(officer, "/console/account/comfort", veil="blur", break_minutes="0", severe_cases="5")
    for case_id in ids[:5]:
        form = {"decision": "pass", "reason": "属实"}
        post(officer, f"/console/cases/{case_id}/decide", **form)
        service.clock.advance(minutes=1)

    due = officer.get("/console/cases").text
    later = post(officer, "/console/break", what="later").text
    service.clock.advance(minutes=4)
    post(officer, f"/console/cases/{ids[5]}/claim")
    service.clock.advance(minutes=8)
    post(officer, f"/console/cases/{ids[5]}/claim")
    service.clock.advance(minutes=4)
    again = officer.get(f"/console/cases/{ids[5]}").text
    rested = post(officer, "/console/break", what="begin").text

    assert "其间裁决了 5 件严重案件" in due
    assert "件严重案件" not in later
    assert "件严重案件" in again
    assert "您领取的 1 件案件已交还" in rested
    with service.parts.db.read() as session:
        assert session.scalars(select(AuditRow.object_id).where(AuditRow.action == "officer.break")).all() == ["lin"]


def test_what_is_no_choice_changes_nothing(service, officer):
    answer = post(officer, "/console/account/comfort", veil="sepia", break_minutes="1", severe_cases="x")

    assert "没有保存：请从列表中选择" in answer.text
    assert officer_row(service, "lin").comfort == {}
