"""The console's pages of the audit log: who may look, what they find, and how each row is proved."""

from __future__ import annotations

import html

import pytest

from app import audit
from app.flows.seal_audit import seal_audit
from app.jobs.schedule import SEAL_AUDIT
from tests.audit_log import act, owner
from tests.console import Page, put_officer, sign_in, token
from tests.working import work


@pytest.fixture
def one_database(database):
    """Both: what these pages show is filtered and counted by the database."""
    return database


@pytest.fixture
def auditor(service):
    put_officer(service, "mei", roles=["auditor"])
    return sign_in(service, "mei")[0]


def shown(answer):
    assert answer.status_code == 200, answer.text
    return " ".join(Page(answer.text).text.split())


@pytest.mark.parametrize("role", ["viewer", "officer", "finance"])
def test_only_auditors_and_administrators_see_the_log(service, role):
    put_officer(service, "lin", roles=[role])
    client = sign_in(service, "lin")[0]

    assert client.get("/console/audit").status_code == 403
    assert client.get("/console/audit/x").status_code == 403


def test_rows_are_found_by_actor_action_object_shop_and_day(service, auditor):
    act(service.parts, 3, actor="officer:wang")
    act(service.parts, 1, first=7)

    assert "本页 3 条" in shown(auditor.get("/console/audit?actor=officer:wang"))
    assert "case-7" in shown(auditor.get("/console/audit?action=case.decide&object=case-7"))
    assert "本页 4 条" in shown(auditor.get("/console/audit?shop=shop-1&since=2026-11-23&until=2026-11-23"))
    assert "没有符合条件的记录" in shown(auditor.get("/console/audit?until=2026-11-22"))
    assert auditor.get("/console/audit?since=rubbish&before=rubbish&actor=nobody").status_code == 200
    assert auditor.get("/console/audit?before=%00").status_code == 422


def test_a_row_waits_then_is_proved_and_one_that_was_changed_cannot_be(service, auditor):
    act(service.parts, 2)
    with service.parts.db.read() as session:
        row_id = session.connection().exec_driver_sql("SELECT id FROM audit_row WHERE object_id = 'case-1'").scalar()
    here = f"/console/audit/{row_id}"

    assert "尚未封存" in shown(auditor.get(here))
    seal_audit(service.parts, now=service.clock())
    assert "一字未改" in shown(auditor.get(here))
    with owner(service.parts.db) as sql:
        sql(f"UPDATE audit_row SET actor = 'officer:wang' WHERE id = '{row_id}'")
    assert "无法验证" in shown(auditor.get(here))
    assert auditor.get("/console/audit/none").status_code == 404


def test_the_button_has_the_log_verified_and_tells_the_outcome(service, auditor):
    act(service.parts, 2)
    work(service, SEAL_AUDIT)
    assert "未验证" in shown(auditor.get("/console/audit"))

    form = {"csrf_token": token(auditor, "/console/audit")}
    assert auditor.post("/console/audit/verify", data=form).status_code == 303
    assert "正在验证" in shown(auditor.get("/console/audit"))
    work(service, SEAL_AUDIT)
    page = shown(auditor.get("/console/audit"))
    assert "一致" in page
    assert "库外检查点 1 个" in page

    with owner(service.parts.db) as sql:
        sql("UPDATE audit_row SET actor = 'officer:wang' WHERE object_id = 'case-1'")
    service.clock.advance(minutes=2)
    auditor.post("/console/audit/verify", data=form)
    work(service, SEAL_AUDIT)
    page = shown(auditor.get("/console/audit"))
    assert "记录被改动" in page
    assert "请立即保全" in page


def test_verifying_needs_the_forms_token(auditor):
    assert auditor.post("/console/audit/verify").status_code == 400


def test_an_auditor_of_one_shop_sees_that_shops_rows_alone(service):
    act(service.parts, 1)
    put_officer(service, "zhao", roles=["auditor"], shop_ids=["shop-2"])
    client = sign_in(service, "zhao")[0]

    assert "没有符合条件的记录" in shown(client.get("/console/audit"))


def test_what_a_row_says_is_never_read_as_markup(service, auditor):
    service.parts.db.write(
        lambda session: audit.record(
            session,
            actor="officer:<b>",
            action="case.decide",
            object_type="case",
            object_id="<i>",
            reason="<script>x</script>",
            details={"a": "</pre><script>"},
            now=service.clock(),
        )
    )
    page = auditor.get("/console/audit").text

    assert "<script>x" not in page
    assert html.escape("<script>x</script>") in page
