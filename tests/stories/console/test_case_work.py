"""Officers at work in the console: taking, deciding, notes, many at once, and what is said when it was too late."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.flows import work_case
from app.flows.decide_case import decide_case
from app.models import AuditRow, BulkDeed, Case, Content
from app.review.cases import Said
from app.values.access import Caller
from tests.console import Page, officer_of, put_case, put_officer, sign_in, token
from tests.service import make_service
from tests.working import work

ZHOU = Caller("z", "officer:zhou", frozenset({"officer"}), None)


@pytest.fixture
def one_database(database):
    """Both: what these pages show is filtered, counted and locked by the database."""
    return database


def post(client, path, page="/console/cases", **form):
    return client.post(path, data={"csrf_token": token(client, page)} | form)


def case_of(service, case_id):
    with service.parts.db.read() as session:
        return session.get(Case, case_id)


def content_of(service, case_id):
    with service.parts.db.read() as session:
        return session.get_one(Content, session.get_one(Case, case_id).content_pk).content_id


def stamp(page):
    return re.search(r'name="stamp" value="(\d+)"', page)[1]


def test_next_leads_from_one_decision_to_the_next_case(service, officer):
    now = service.clock()
    first, second = (put_case(service, due_at=now + timedelta(minutes=minute)) for minute in (10, 20))

    taken = post(officer, "/console/cases/next")
    decided = post(officer, f"/console/cases/{first}/decide", decision="pass", reason="没有问题", go_on="next")

    assert taken.headers["Location"] == f"/console/cases/{first}"
    assert decided.headers["Location"] == f"/console/cases/{second}"
    page = officer.get(decided.headers["Location"]).text
    assert "已办结" in page
    assert "我已领取，到 18:15" in page
    assert case_of(service, first).outcome == "pass"
    assert case_of(service, second).claimed_by == "officer:lin"


def test_a_violation_without_policy_or_reason_is_refused_and_what_was_written_stays(service, officer):
    case_id = put_case(service)

    no_policy = post(officer, f"/console/cases/{case_id}/decide", decision="block", reason="疑似夸大", policy="")
    no_reason = post(officer, f"/console/cases/{case_id}/decide", decision="pass", reason="  ")
    unknown = post(officer, f"/console/cases/{case_id}/decide", decision="block", reason="疑似夸大", policy="rubbish")

    assert no_policy.status_code == no_reason.status_code == unknown.status_code == 422
    assert "请选择所依据的类别或规则" in no_policy.text
    assert ">疑似夸大</textarea>" in no_policy.text
    assert "请写明理由" in no_reason.text
    assert case_of(service, case_id).state == "open"


def test_returning_a_content_tells_what_to_write_instead(service, officer):
    case_id = put_case(service)
    form = {"decision": "return", "reason": "含绝对化用语", "policy": "absolute_terms"}

    bare = post(officer, f"/console/cases/{case_id}/decide", **form)
    done = post(officer, f"/console/cases/{case_id}/decide", suggestion="改为：口碑不错", **form)

    assert bare.status_code == 422
    assert "请写明建议改写" in bare.text
    assert done.status_code == 303
    with service.parts.db.read() as session:
        case = session.get(Case, case_id)
        assert (case.outcome, case.suggestion, case.policy) == ("return", "改为：口碑不错", "absolute_terms")
        assert session.get(Content, case.content_pk).decision == "block"


def test_a_case_decided_twice_shows_who_was_first(service, officer):
    case_id = put_case(service)
    seen = stamp(officer.get(f"/console/cases/{case_id}").text)
    decide_case(service.parts, case_id, Said("pass", "可以"), caller=ZHOU, now=service.clock())

    late = post(officer, f"/console/cases/{case_id}/decide", decision="pass", reason="没有问题", stamp=seen)

    assert late.status_code == 409
    assert "本案已是「已办结」，由 zhou 先处理。" in late.text


def test_a_page_that_is_stale_is_refused_and_says_so(service, officer):
    case_id = put_case(service)
    seen = stamp(officer.get(f"/console/cases/{case_id}").text)
    work_case.claim_case(service.parts, case_id, caller=ZHOU, now=service.clock())
    work_case.release_case(service.parts, case_id, caller=ZHOU, now=service.clock())

    late = post(officer, f"/console/cases/{case_id}/decide", decision="pass", reason="没有问题", stamp=seen)

    assert late.status_code == 409
    assert "本页打开后案件已有变化" in late.text
    assert stamp(late.text) != seen


def test_a_case_somebody_has_shows_who_and_until_when_and_has_no_buttons(service, officer):
    case_id = put_case(service)
    work_case.claim_case(service.parts, case_id, caller=ZHOU, now=service.clock())

    page = officer.get(f"/console/cases/{case_id}").text

    assert "zhou 正在处理本案，领取到 18:15 为止" in page
    assert "/decide" not in page


def test_who_comes_back_late_is_told_who_has_it_and_what_they_wrote_is_still_there(service, officer):
    case_id = put_case(service)
    path = f"/console/cases/{case_id}"
    post(officer, f"{path}/claim")
    service.clock.advance(minutes=16)
    work_case.claim_case(service.parts, case_id, caller=ZHOU, now=service.clock())

    late = post(officer, f"{path}/decide", decision="block", policy="absolute_terms", reason="没有可核实的出处")

    assert late.status_code == 409
    assert "zhou 正在处理本案" in late.text
    assert re.search(r'<textarea [^>]*id="unsent"[^>]*readonly>没有可核实的出处</textarea>', late.text)
    assert "没有可核实的出处" not in officer.get(path).text


def test_the_pulse_says_not_modified_until_the_case_changes(service, officer):
    case_id = put_case(service)
    first = officer.get(f"/console/cases/pulse?case={case_id}")
    again = officer.get(f"/console/cases/pulse?case={case_id}", headers={"If-None-Match": first.headers["ETag"]})
    work_case.claim_case(service.parts, case_id, caller=ZHOU, now=service.clock())
    changed = officer.get(f"/console/cases/pulse?case={case_id}", headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")
    assert changed.status_code == 200
    assert changed.get_json()["stamp"] == first.get_json()["stamp"] + 1
    assert "zhou 刚刚领取了本案" in changed.get_json()["told"]


def test_notes_stand_in_the_time_line_with_personal_data_starred(service, officer):
    case_id = put_case(service)

    post(officer, f"/console/cases/{case_id}/notes", text="商家电话 138" + "0013" + "8000，已核实")

    page = officer.get(f"/console/cases/{case_id}").text
    assert "商家电话 138****8000，已核实" in page
    with service.parts.db.read() as session:
        assert "13800138000" not in session.scalar(select(AuditRow.reason).where(AuditRow.action == "case.note"))


def test_a_draft_is_there_after_a_reload(service, officer):
    case_id = put_case(service)

    kept = post(officer, f"/console/cases/{case_id}/draft", text="写到一半")

    assert kept.status_code == 204
    assert ">写到一半</textarea>" in officer.get(f"/console/cases/{case_id}").text


def test_a_bulk_decision_waits_for_its_minute_and_is_then_carried_out(service, officer):
    ids = [put_case(service) for _ in range(3)]
    waits = put_case(service)

    post(officer, "/console/cases/bulk", case=ids, decision="block", reason="同一批违规")
    page = Page(officer.get("/console/cases").text).text

    assert "3 件将在 18:01:00 按「违规」办结" in re.sub(r"\s+", " ", page)
    assert {case_of(service, case_id).state for case_id in ids} == {"open"}
    assert work_case.next_case(service.parts, caller=ZHOU, now=service.clock()).id == waits
    service.clock.advance(seconds=61)
    work(service)
    assert {(case_of(service, each).state, case_of(service, each).decided_by) for each in ids} == {
        ("decided", "officer:lin")
    }


def test_a_bulk_decision_taken_back_leaves_the_cases_as_they_were(service, officer):
    ids = [put_case(service) for _ in range(2)]
    post(officer, "/console/cases/bulk", case=ids, decision="block", reason="误操作")
    undo = re.search(r'action="(/console/cases/bulk/[^"]+/undo)"', officer.get("/console/cases").text)[1]

    post(officer, undo)
    service.clock.advance(seconds=61)
    work(service)

    assert {(case_of(service, each).state, case_of(service, each).claimed_by) for each in ids} == {("open", None)}
    again = post(officer, undo)
    assert again.status_code == 409
    assert "这次批量裁决先前已撤销" in again.text


def test_a_bulk_decision_that_is_done_is_not_taken_back_and_the_officer_reads_why(service, officer):
    case_id = put_case(service)
    post(officer, "/console/cases/bulk", case=[case_id], decision="block", reason="同一违规")
    undo = re.search(r'action="(/console/cases/bulk/[^"]+/undo)"', officer.get("/console/cases").text)[1]

    service.clock.advance(minutes=2)
    late = post(officer, undo)

    assert late.status_code == 409
    assert "没有撤销：已到时限" in late.text
    assert "too late" not in late.text


def test_a_bulk_decision_leaves_out_what_others_have_and_says_which_and_why(service, officer):
    free, taken, gone = (put_case(service, fields={"text": f"第{number}条文案"}) for number in range(3))
    work_case.claim_case(service.parts, taken, caller=ZHOU, now=service.clock())
    decide_case(service.parts, gone, Said("pass", "可以"), caller=ZHOU, now=service.clock())
    names = {each: content_of(service, each) for each in (taken, gone)}

    form = {"case": [free, taken, gone], "decision": "block", "reason": "同一批违规", "severity": "3"}
    sent = post(officer, "/console/cases/bulk", **form)
    page = Page(officer.get(sent.headers["Location"]).text).text

    assert "severity=3" in sent.headers["Location"]
    assert "decision" not in sent.headers["Location"]  # how it was decided is no filter
    assert "1 件将在" in page
    assert "2 件没有列入本次批量裁决" in page
    assert f"「{names[taken]}」：zhou 正在处理本案" in page
    assert f"「{names[gone]}」：本案已是「已办结」，由 zhou 先处理" in page
    assert [case_of(service, each).bulk_id is None for each in (free, taken, gone)] == [False, True, True]


def test_where_nothing_can_be_decided_at_once_the_choice_and_the_reason_stay(service, officer):
    taken = put_case(service)
    work_case.claim_case(service.parts, taken, caller=ZHOU, now=service.clock())

    refused = post(officer, "/console/cases/bulk", case=[taken], decision="block", reason="同一批违规")

    assert refused.status_code == 409
    assert re.search(rf'value="{taken}" form="bulk" data-choose checked', refused.text)
    assert 'value="同一批违规"' in refused.text
    with service.parts.db.read() as session:
        assert session.scalars(select(BulkDeed)).all() == []


def test_what_became_of_a_bulk_decision_is_told_afterwards(one_database, tmp_path):
    service = make_service(one_database, tmp_path, four_eyes_categories="counterfeit")
    put_officer(service)
    officer, _ = sign_in(service)
    ids = [put_case(service), put_case(service, category="counterfeit"), put_case(service)]
    post(officer, "/console/cases/bulk", case=ids, decision="block", reason="同一批违规")
    moved_on = update(Case).where(Case.id == ids[2]).values(state="held", bulk_id=None)
    service.parts.db.write(lambda session: session.execute(moved_on).rowcount)

    service.clock.advance(seconds=61)
    work(service)
    page = Page(officer.get("/console/cases").text).text

    assert "批量裁决已执行：2 件按「违规」裁决。 其中 1 件须由第二人复核。 1 件没有裁决" in page
    service.clock.advance(minutes=11)
    assert "批量裁决已执行" not in Page(officer.get("/console/cases").text).text


def test_a_bulk_decision_needs_a_reason_and_cases(service, officer):
    case_id = put_case(service)

    assert "请写明理由" in post(officer, "/console/cases/bulk", case=[case_id], decision="block", reason="").text
    assert "请选择 1 到 200 件案件" in post(officer, "/console/cases/bulk", decision="block", reason="x").text
    assert case_of(service, case_id).bulk_id is None


def test_filters_are_kept_under_a_name_and_are_ones_own(service, officer):
    put_case(service)
    post(officer, "/console/cases/filters", name="高风险拦截", severity="4", decision="block")

    page = officer.get("/console/cases").text
    put_officer(service, "wang")
    other = sign_in(service, "wang")[0].get("/console/cases").text

    assert re.search(r'href="/console/cases\?[^"]*severity=4[^"]*">高风险拦截<', page)
    assert "高风险拦截" not in other


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("queue=senior", {"senior"}),
        ("severity=5", {"grave"}),
        ("sla=late", {"late"}),
        ("mine=claimed", {"mine"}),
        ("mine=assigned", {"given"}),
        ("state=claimed", {"mine"}),
        ("state=held", {"held"}),
    ],
)
def test_the_queue_is_narrowed_by_whose_it_is_and_how_urgent(service, officer, query, expected):
    now = service.clock()
    ids = {
        "senior": put_case(service, queue="senior"),
        "grave": put_case(service, severity=5),
        "late": put_case(service, due_at=now - timedelta(minutes=1)),
        "mine": put_case(service, claimed_by="officer:lin", claimed_until=now + timedelta(minutes=5)),
        "given": put_case(service, assigned_to="officer:lin"),
        "held": put_case(service, state="held", held_until=now + timedelta(hours=1)),
        "was_mine": put_case(service, claimed_by="officer:lin", claimed_until=now - timedelta(minutes=5)),
    }

    page = officer.get(f"/console/cases?{query}").text

    assert {key for key, case_id in ids.items() if f"/console/cases/{case_id}" in page} == expected


def test_a_viewer_sees_no_buttons_and_every_deed_is_refused(service):
    case_id = put_case(service)
    viewer = officer_of(service, roles=["viewer"])

    page = viewer.get(f"/console/cases/{case_id}").text

    assert "您的角色只能查看案件" in page
    for deed in ("claim", "decide", "hold", "escalate", "reassign", "notes", "draft"):
        form = {"decision": "pass", "reason": "x", "text": "x", "span": "1h"}
        assert post(viewer, f"/console/cases/{case_id}/{deed}", **form).status_code == 403
    assert post(viewer, "/console/cases/next").status_code == 403


@pytest.fixture
def strict(one_database, tmp_path):
    return make_service(one_database, tmp_path, four_eyes_categories="absolute_terms")


def test_two_officers_decide_where_the_category_asks_for_it(strict):
    case_id = put_case(strict)
    lin = officer_of(strict)
    put_officer(strict, "wang", display_name="王")
    wang = sign_in(strict, "wang")[0]
    form = {"decision": "block", "reason": "违规", "policy": "absolute_terms"}

    post(lin, f"/console/cases/{case_id}/decide", **form)
    again = post(lin, f"/console/cases/{case_id}/decide", **form)
    page = wang.get(f"/console/cases/{case_id}").text

    assert case_of(strict, case_id).state == "second"
    assert again.status_code == 403
    assert "林晓雯 已先裁决为「违规」" in page
    with strict.parts.db.read() as session:
        assert session.scalar(select(Content.decision)) == "review"
    post(wang, f"/console/cases/{case_id}/decide", **form)
    case = case_of(strict, case_id)
    assert (case.state, case.first_by, case.decided_by) == ("decided", "officer:lin", "officer:wang")


def test_two_officers_who_disagree_leave_it_to_a_third_who_is_senior(strict):
    case_id = put_case(strict)
    now, said = strict.clock(), {"policy": "absolute_terms"}
    lin, zhou = (Caller(name, f"officer:{name}", frozenset({"senior"}), None) for name in ("lin", "zhou"))
    decide_case(strict.parts, case_id, Said("block", "违规", **said), caller=lin, now=now)

    decide_case(strict.parts, case_id, Said("pass", "不违规"), caller=zhou, now=now)

    case = case_of(strict, case_id)
    assert (case.state, case.queue) == ("open", "senior")
    assert work_case.next_case(strict.parts, caller=lin, now=now) is None
    put_officer(strict, roles=["senior"], username="wang")
    wang = sign_in(strict, "wang")[0]
    assert "lin 裁决「违规」，zhou 裁决「通过」" in wang.get(f"/console/cases/{case_id}").text
    post(wang, f"/console/cases/{case_id}/decide", decision="pass", reason="最终决定")
    assert case_of(strict, case_id).decided_by == "officer:wang"
