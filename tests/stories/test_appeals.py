"""A merchant contests a decision by a signed link; somebody else decides, and what follows is taken back."""

from __future__ import annotations

import base64
import io
import re

import pytest
from sqlalchemy import func, select

from app.flows.decide_case import decide_case
from app.models import Appeal, AppealFile, Case, Content, EntityMark, OutboxMessage, Precedent
from app.review.cases import Said
from app.values.access import Caller
from tests.console import put_officer, sign_in, token
from tests.service import make_service

LIN = Caller("lin", "officer:lin", frozenset({"officer"}), None)
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
SPAM = "全网最佳面膜，限时特价，颜色很多，想要的姐妹赶紧下单，错过再等一年"


@pytest.fixture
def service(database, judge, tmp_path):
    return make_service(database, tmp_path, judge, appeal_file_bytes=2_048, max_body_bytes=270_000)


@pytest.fixture
def case_id(service):
    """A case decided against the merchant."""
    answer = service.screen(service.client("screen"), SPAM, author_id="u-1").get_json()
    decide_case(service.parts, answer["case_id"], Said("block", "绝对化用语"), caller=LIN, now=service.clock())
    return answer["case_id"]


def link(service, case_id):
    """The path of a link for the case."""
    return re.sub("^https?://[^/]+", "", service.client("cases").post(f"/v1/cases/{case_id}/appeals").get_json()["url"])


def case_of(service, case_id):
    with service.parts.db.read() as session:
        return session.get(Case, case_id)


def test_the_merchant_files_with_text_and_file_and_sees_when_an_answer_is_due(service, case_id):
    path, merchant = link(service, case_id), service.app.test_client()

    before = merchant.get(path)
    form = {"text": "我们有获奖证书，电话 138" + "0013" + "8000", "files": (io.BytesIO(PNG), "证书.png")}
    filed = merchant.post(path, data=form, content_type="multipart/form-data")
    after = merchant.get(path).text

    assert "违规" in before.text
    assert "绝对化用语" in before.text
    assert "Set-Cookie" not in before.headers
    assert "default-src 'none'" in before.headers["Content-Security-Policy"]
    assert filed.status_code == 303
    assert "待复核" in after
    assert "2026-11-26 18:00:00" in after
    assert case_of(service, case_id).state == "appealed"
    with service.parts.db.read() as session:
        appeal, file = session.scalars(select(Appeal)).one(), session.scalars(select(AppealFile)).one()
    assert "获奖".encode() not in appeal.text
    assert (file.media_type, file.size) == ("image/png", len(PNG))
    assert PNG not in file.body
    assert "证书".encode() not in file.name


@pytest.mark.parametrize(
    ("text", "name", "body", "told"),
    [
        ("", "a.png", PNG, "请填写申诉理由"),
        ("x", "a.png", PNG + b"\0" * 4_000, "「a.png」超过 0.00195312 MB"),
        ("x", "a.pdf", b"MZ\x90\0 no pdf at all", "「a.pdf」不是 PDF、JPG 或 PNG"),
        ("x", "a.pdf", b"", "「a.pdf」是空文件"),
    ],
)
def test_what_is_wrong_with_a_filing_is_told_and_nothing_is_kept(service, case_id, text, name, body, told):
    path, form = link(service, case_id), {"text": text, "files": (io.BytesIO(body), name)}

    answer = service.app.test_client().post(path, data=form, content_type="multipart/form-data")

    assert answer.status_code == 422
    assert told in answer.text
    [field] = re.findall(r"<(?:textarea|input)[^>]* autofocus [^>]*>", answer.text)
    assert f'name="{"files" if text else "text"}"' in field
    assert 'aria-invalid="true"' in field
    assert re.search(r'aria-describedby="told\b', field)
    assert case_of(service, case_id).state == "decided"


def test_files_too_large_together_are_told_on_the_page_and_the_text_stays(service, case_id):
    path = link(service, case_id)
    form = {"text": "我们有<获奖>证书", "files": [(io.BytesIO(PNG + bytes(150_000)), f"{name}.png") for name in "ab"]}

    answer = service.app.test_client().post(path, data=form, content_type="multipart/form-data")

    assert (answer.status_code, answer.mimetype) == (413, "text/html")
    assert "文件合计超过 0.1 MB" in answer.text
    assert ">我们有&lt;获奖&gt;证书</textarea>" in answer.text
    assert case_of(service, case_id).state == "decided"


def test_an_overturned_decision_no_longer_stands_on_what_it_rested_on(service, case_id):
    path, merchant = link(service, case_id), service.app.test_client()
    merchant.post(path, data={"text": "奖项属实"})

    service.client().post(f"/v1/cases/{case_id}/appeal/decide", json={"decision": "pass", "reason": "奖项核实属实"})
    after = merchant.get(path).text

    assert "绝对化用语</dd>" not in after
    assert "没有上传文件" in after
    assert "已改判" in after


def test_a_forged_or_foreign_link_opens_nothing(service, case_id):
    path, merchant = link(service, case_id), service.app.test_client()

    assert merchant.get(path[:-1] + ("A" if path[-1] != "A" else "B")).status_code == 404
    assert merchant.get(path.partition(".")[0]).status_code == 404
    assert merchant.get("/appeal/rubbish").status_code == 404


def test_an_expired_link_files_nothing(service, case_id):
    path, merchant = link(service, case_id), service.app.test_client()
    service.clock.advance(days=16)

    assert "到期" in merchant.get(path).text
    assert merchant.post(path, data={"text": "x"}).status_code == 409
    assert case_of(service, case_id).state == "decided"


def test_an_appeal_is_filed_once_and_offered_only_against_the_merchant(service, case_id):
    path, merchant = link(service, case_id), service.app.test_client()
    assert merchant.post(path, data={"text": "第一次"}).status_code == 303

    assert merchant.post(path, data={"text": "第二次"}).status_code == 409
    assert service.client("cases").post(f"/v1/cases/{case_id}/appeals").status_code == 409


def test_overturning_takes_back_outcome_precedent_and_strikes_and_tells(service, case_id):
    client = service.client()
    hook = {"url": "https://uploader.example.com/hook", "event_types": ["content.outcome", "appeal.decided"]}
    client.post("/v1/webhooks", json=hook)
    key = link(service, case_id).rpartition("/")[2]
    content = base64.b64encode(PNG).decode()
    filed = client.post(
        f"/v1/appeals/{key}", json={"text": "奖项属实", "files": [{"name": "a.png", "content_base64": content}]}
    )

    decided = client.post(f"/v1/cases/{case_id}/appeal/decide", json={"decision": "pass", "reason": "奖项核实属实"})

    assert filed.get_json()["state"] == "filed"
    assert (decided.status_code, decided.get_json()["state"]) == (200, "overturned")
    assert client.get(f"/v1/appeals/{key}").get_json()["reason"] == "奖项核实属实"
    with service.parts.db.read() as session:
        assert session.scalar(select(Content.decision)) == "pass"
        assert session.scalar(select(func.count()).select_from(EntityMark).where(EntityMark.voided_at.is_(None))) == 0
        in_force = session.scalars(select(Precedent.outcome).where(Precedent.revoked_at.is_(None)))
        assert list(in_force) == ["pass"]
        assert set(session.scalars(select(OutboxMessage.type))) == {"content.outcome", "appeal.decided"}
    assert service.screen(service.client("screen"), SPAM, content_id="v-2").get_json()["decision"] == "pass"


def test_whoever_decided_does_not_decide_the_appeal_and_a_senior_does(service, case_id):
    service.app.test_client().post(link(service, case_id), data={"text": "不服"})
    put_officer(service, "lin", roles=["senior"])
    put_officer(service, "wang", roles=["senior"])
    lin, wang = (sign_in(service, name)[0] for name in ("lin", "wang"))
    form = {"decision": "upheld", "reason": "证据不足"}

    own = lin.post(f"/console/cases/{case_id}/appeal/decide", data=form | {"csrf_token": token(lin, "/console/cases")})
    page = wang.get(f"/console/cases/{case_id}").text
    other = wang.post(
        f"/console/cases/{case_id}/appeal/decide", data=form | {"csrf_token": token(wang, "/console/cases")}
    )

    assert own.status_code == 403
    assert "申诉由未参与原裁决的高级审核员处理" in own.text
    assert "不服" in page
    assert other.status_code == 303
    assert case_of(service, case_id).state == "upheld"
