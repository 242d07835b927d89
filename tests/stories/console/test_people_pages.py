"""The console's pages of personal data: masked by default, in full only with purpose and reason, erased for good."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.flows.keep_person import keep_person
from app.models import AuditRow, LegalHold, PersonRequest
from app.values.access import Caller
from tests.console import Page, officer_of, put_officer, sign_in, token
from tests.service import START

PHONE = "138" + "0013" + "8000"
BY = Caller("k", "key:k", frozenset(), None)
REF = "buyer:o-88"
PERSON = f"/console/people/of/{REF}"


@pytest.fixture
def one_database(database):
    """Both: what these pages show is filtered and counted by the database."""
    return database


@pytest.fixture
def steward(service):
    keep_person(service.parts, REF, {"phone": PHONE, "name": "测试甲"}, shop_id="shop-1", caller=BY, now=START)
    return officer_of(service, roles=["privacy"])


def post(client, path, **form):
    return client.post(path, data={"csrf_token": token(client, "/console/people")} | form)


def audited(service, action):
    with service.parts.db.read() as session:
        return session.scalars(select(AuditRow).where(AuditRow.action == action)).all()


def test_a_person_is_found_by_a_value_and_shown_masked_everywhere(steward):
    found = post(steward, "/console/people/search", field="phone", value="138 0013 8000")
    one = steward.get(PERSON)

    for page in (found, one):
        assert page.status_code == 200
        assert "138****8000" in page.text
        assert PHONE not in page.text
        assert page.headers["Cache-Control"] == "no-store"
    assert REF in Page(found.text).text
    assert REF in Page(post(steward, "/console/people/search", field="ref", value=REF).text).text
    assert "没有找到" in post(steward, "/console/people/search", field="phone", value="139").text
    assert post(steward, "/console/people/search", field="phone", value="abc").status_code == 422


def test_a_value_in_full_takes_a_purpose_and_a_reason_and_is_on_record(service, steward):
    assert post(steward, f"{PERSON}/reveal", fields="phone", purpose="after_sales", reason=" ").status_code == 422
    assert post(steward, f"{PERSON}/reveal", purpose="marketing", reason="短信").status_code == 403
    assert audited(service, "person.reveal") == []

    page = post(steward, f"{PERSON}/reveal", fields="phone", purpose="after_sales", reason="核对退款")

    assert PHONE in page.text
    assert "测试甲" not in page.text
    [row] = audited(service, "person.reveal")
    assert (row.actor, row.reason, row.details["fields"]) == ("officer:lin", "核对退款", ["phone"])
    after = steward.get(PERSON).text
    assert PHONE not in after
    looks = Page(after.partition('id="h-looks"')[2].partition("</section>")[0]).text
    assert re.search(
        r"查看个人信息全文.*林晓雯.*售后与纠纷处理.*核对退款.*手机号.*查看全文被拒绝.*营销触达.*短信", looks, re.DOTALL
    )


@pytest.mark.usefixtures("steward")
@pytest.mark.parametrize("role", ["officer", "viewer", "finance", "rule_author"])
def test_officers_without_the_role_see_no_page_of_personal_data(service, role):
    put_officer(service, "wu", roles=[role])
    client = sign_in(service, "wu")[0]

    assert "个人信息" not in client.get("/console/cases").text
    assert client.get("/console/people").status_code == 403
    assert client.get(PERSON).status_code == 403


@pytest.mark.usefixtures("steward")
@pytest.mark.parametrize("role", ["senior", "auditor"])
def test_readers_see_masked_values_and_can_neither_reveal_nor_erase(service, role):
    put_officer(service, "wu", roles=[role])
    client = sign_in(service, "wu")[0]

    page = client.get(PERSON).text

    assert "个人信息</a>" in page
    assert "138****8000" in page
    assert "查看全文</button>" not in page
    assert post(client, f"{PERSON}/reveal", purpose="after_sales", reason="x").status_code == 403
    assert post(client, f"{PERSON}/erase", confirm=REF, reason="x").status_code == 403


@pytest.mark.usefixtures("steward")
def test_an_officer_of_another_shop_does_not_find_the_person(service):
    put_officer(service, "wu", roles=["privacy"], shop_ids=["shop-2"])
    client = sign_in(service, "wu")[0]

    assert client.get(PERSON).status_code == 404
    assert REF not in post(client, "/console/people/search", field="phone", value=PHONE).text
    form = {"object_type": "person", "object_id": REF, "owner": "x", "until": "2027-01-01", "reason": "x"}
    assert post(client, "/console/people/holds", **form).status_code == 403


def test_erasing_takes_the_typed_reference_and_shows_the_certificate(service, steward):
    assert post(steward, f"{PERSON}/erase", confirm="buyer:other", reason="本人要求").status_code == 422
    assert "138****8000" in steward.get(PERSON).text

    page = post(steward, f"{PERSON}/erase", confirm=REF, reason="本人要求")

    assert "已删除 2 个值，销毁 1 把密钥" in page.text
    assert "sha256:" in page.text
    assert len(audited(service, "person.erase")) == 1
    after = steward.get(PERSON).text
    assert "没有字段" in after
    assert "删除凭证" in after


def test_a_hold_is_placed_seen_and_released_and_keeps_the_person_meanwhile(service, steward):
    form = {"object_type": "person", "object_id": REF, "owner": "法务部", "until": "2027-01-01", "reason": "诉讼"}
    assert post(steward, "/console/people/holds", **form | {"until": "soon"}).status_code == 422
    assert post(steward, "/console/people/holds", **form).status_code == 303

    assert "法务部" in steward.get("/console/people").text
    assert "法务冻结中" in steward.get(PERSON).text
    assert post(steward, f"{PERSON}/erase", confirm=REF, reason="本人要求").status_code == 409

    with service.parts.db.read() as session:
        hold_id = session.scalars(select(LegalHold.id)).one()
    assert post(steward, f"/console/people/holds/{hold_id}/release", reason="终结").status_code == 303
    assert "法务部" not in steward.get("/console/people").text


def test_a_request_is_recorded_listed_with_its_due_date_and_answered(service, steward):
    note = f"打 {PHONE} 联系"
    assert post(steward, f"{PERSON}/requests", kind="deletion", channel="客服", note=note).status_code == 303
    service.clock.advance(days=30)
    client = sign_in(service)[0]

    page = client.get("/console/people")

    assert "已超期 1 件" in page.text
    assert PHONE not in page.text
    with service.parts.db.read() as session:
        request = session.scalars(select(PersonRequest)).one()
    assert request.due_at - request.received_at < timedelta(days=23)
    path = f"/console/people/requests/{request.id}/answer"
    assert post(client, path, outcome="answered", answer="已删除").status_code == 303
    assert post(client, path, outcome="answered", answer="已删除").status_code == 409


def test_every_form_needs_its_token(steward):
    for path in ("/console/people/search", f"{PERSON}/reveal", f"{PERSON}/erase", "/console/people/holds"):
        assert steward.post(path, data={"confirm": REF, "reason": "x"}).status_code == 400
