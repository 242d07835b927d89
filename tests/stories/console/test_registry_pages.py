"""The pages of evidence, notices, exports and the month's report: two officers, one after the other."""

from __future__ import annotations

import io
import re
import zipfile

import pytest

from app.flows.export_inquiry import make_page
from tests.console import Page, officer_of, put_officer, sign_in, token
from tests.evidence import PDF, put_evidence, recorded
from tests.service import make_service

PIECE = {
    "kind": "test_report",
    "shop_id": "shop-1",
    "number": "R-7",
    "issuer": "某检测中心",
    "valid_from": "2026-06-01",
}
NOTICE = {"kind": "assistance", "shop_id": "shop-1", "number": "协-7", "authority": "某局", "title": "调取记录"}


@pytest.fixture
def service(database, judge, tmp_path):
    return make_service(database, tmp_path, judge)


def form(client, path, **said):
    return said | {"csrf_token": token(client, path)}


def test_one_officer_registers_and_another_verifies(service):
    lin = officer_of(service, roles=["senior"])
    put_officer(service, "wang", roles=["officer"])
    wang, _ = sign_in(service, "wang")
    said = form(lin, "/console/evidence", **PIECE, subject_type="sku", subject="sku-1", claims="certification，origin")
    said["files"] = (io.BytesIO(PDF), "报告.pdf")

    made = lin.post("/console/evidence", data=said, content_type="multipart/form-data")
    where = re.search(r"/console/evidence/[0-9a-f-]{36}", lin.get("/console/evidence").text)[0]
    own = lin.post(f"{where}/decide", data=form(lin, where, decision="verify", reason="看过"))
    done = wang.post(f"{where}/decide", data=form(wang, where, decision="verify", reason="与原件一致"))
    page = Page(wang.get(where).text).text

    assert (made.status_code, own.status_code, done.status_code) == (303, 403, 303)
    assert "须由另一人办理" in own.text
    assert "有效" in page
    assert "认证、产地" in page
    assert "报告.pdf" in page
    file = re.search(r"/console/evidence/files/[0-9a-f-]{36}", wang.get(where).text)[0]
    answer = wang.get(file)
    assert (answer.data, answer.headers["Content-Disposition"]) == (PDF, "attachment")


def test_what_is_wrong_with_a_form_is_told_and_what_was_typed_stays(service):
    lin = officer_of(service)
    wrong = form(lin, "/console/evidence", **PIECE | {"valid_until": "2026-01-01"})

    answer = lin.post("/console/evidence", data=wrong)
    no_day = lin.post("/console/evidence", data=wrong | {"valid_from": "gestern"})

    assert (answer.status_code, no_day.status_code) == (422, 422)
    assert "valid_until" in answer.text
    assert 'value="R-7"' in answer.text
    assert "日期不正确" in no_day.text


def test_viewers_may_look_and_not_act_and_foreign_shops_are_not_shown(service):
    put_evidence(service)
    recorded(service)
    put_officer(service, "seer", roles=["viewer"])
    put_officer(service, "far", roles=["officer"], shop_ids=["shop-2"])
    seer, far = (sign_in(service, who)[0] for who in ("seer", "far"))

    assert "R-2026-1" in seer.get("/console/evidence").text
    assert "登记凭证" not in seer.get("/console/evidence").text
    assert seer.post("/console/evidence", data=form(seer, "/console/evidence", **PIECE)).status_code == 403
    assert "R-2026-1" not in far.get("/console/evidence").text
    assert "市监协" not in far.get("/console/notices").text


def test_a_notice_is_recorded_taken_answered_and_closed(service):
    lin = officer_of(service, roles=["senior"])
    said = form(lin, "/console/notices", **NOTICE, received_on="2026-11-20", due_on="2026-12-04")
    said |= {"text": "请提供记录", "hold_until": "2027-06-30"}

    assert lin.post("/console/notices", data=said).status_code == 303
    where = re.search(r"/console/notices/[0-9a-f-]{36}", lin.get("/console/notices").text)[0]
    for decision, text in (("take", ""), ("answer", "已提供"), ("close", "机关已结案")):
        assert lin.post(where, data=form(lin, where, decision=decision, text=text)).status_code == 303
    page = Page(lin.get(where).text).text

    assert "2026-12-04" in page
    assert "文书载明的期限" in page
    assert "已提供" in page
    assert "已办结" in page
    assert "没有待办的监管通知" in lin.get("/console/notices").text


def test_a_notices_case_is_called_by_its_own_number_and_title_and_leads_to_it(service):
    lin = officer_of(service, roles=["senior"])
    sent = form(lin, "/console/notices", **NOTICE, received_on="2026-11-20", due_on="2026-12-04")
    lin.post("/console/notices", data=sent)
    where = re.search(r"/console/notices/[0-9a-f-]{36}", lin.get("/console/notices").text)[0]

    listed, searched = (lin.get(f"/console/cases{query}").text for query in ("", "?q=协-7"))
    case = re.search(r'href="(/console/cases/[0-9a-f-]{36})[^"]*">协-7</a>', listed)[1]
    page = lin.get(case).text
    held = lin.post(
        "/console/cases/bulk", data=form(lin, "/console/cases", case=case[-36:], decision="block", reason="")
    )

    for text in (listed, page):
        assert f'href="{where}">调取记录</a>' in text
        assert where[-36:] not in Page(text).text
    assert "监管通知 协-7" in Page(page).text
    assert ">协-7</a>" in searched
    assert where[-36:] not in Page(held.text).text


def test_an_export_is_asked_for_and_downloaded_and_the_month_is_a_file(service):
    lin = officer_of(service)
    asked = {"shop_id": "shop-1", "from": "2026-11-01", "to": "2026-11-23", "reason": "协查函"}

    assert lin.post("/console/notices/inquiries", data=form(lin, "/console/notices", **asked)).status_code == 303
    inquiry_id = service.client("cases").get("/v1/inquiries").get_json()["items"][0]["inquiry_id"]
    while make_page(service.parts, inquiry_id, now=service.clock()):
        pass
    page = lin.get("/console/notices").text

    assert f"/console/notices/inquiries/{inquiry_id}" in page
    archive = zipfile.ZipFile(io.BytesIO(lin.get(f"/console/notices/inquiries/{inquiry_id}").data))
    assert "manifest.json" in archive.namelist()
    assert lin.get("/console/notices/report?month=2026-11&format=pdf").data.startswith(b"%PDF-")
    assert lin.get("/console/notices/report?month=2026-11&format=xlsx").data.startswith(b"PK")
