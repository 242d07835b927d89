"""A case about an order is on the list and has a page that says what the rule saw."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.models import Case, EventDecision, LineMark
from app.web.console.case_subject import subject_text
from tests.console import Page, officer_of
from tests.factories import DIGEST
from tests.service import START, make_service


@pytest.fixture
def service(database, judge, tmp_path):
    return make_service(database, tmp_path, judge)


def test_a_case_about_an_order_is_listed_and_shown(service):
    at = (START - timedelta(hours=1)).isoformat()
    event = {"id": "e-1", "kind": "order.paid", "subject": "order-1", "shop_id": "shop-1", "occurred_at": at}
    data = {"paid_fen": 100, "stock_type": "presale"}
    service.client("events").post("/v1/events", json=event | {"data": data})
    client = officer_of(service)
    with service.parts.db.read() as session:
        [case] = session.scalars(select(Case))

    listed, shown = client.get("/console/cases"), client.get(f"/console/cases/{case.id}")

    assert (listed.status_code, shown.status_code) == (200, 200)
    assert "order-1" in listed.text
    assert "预售须公示发货时间" in listed.text
    assert "订单 order-1" in shown.text
    assert "S3-12" in shown.text
    assert "stock_type" in shown.text


def presale(service, **data):
    """A case about an order of goods that are not there yet, with nothing said of when they come."""
    at = (START - timedelta(hours=1)).isoformat()
    event = {"id": "e-1", "kind": "order.paid", "subject": "order-1", "shop_id": "shop-1", "occurred_at": at}
    told = {"paid_fen": 12_345, "stock_type": "presale", "buyer_ref": "buyer-77", **data}
    service.client("events").post("/v1/events", json=event | {"data": told})
    with service.parts.db.read() as session:
        [case] = session.scalars(select(Case))
    return f"/console/cases/{case.id}"


def section(page, heading):
    """What stands in the section of that heading, without its tags."""
    found = re.search(rf'<section[^>]*aria-labelledby="{heading}">.*?</section>', page, re.DOTALL)
    return re.sub(r"\s+", " ", Page(found[0]).text) if found else ""


def test_the_page_of_an_order_explains_its_rules_part_by_part_in_words(service):
    page = officer_of(service).get(presale(service)).text

    why = section(page, "h-why-1")
    assert "订单付款" in why
    assert "S3-12" in why
    assert "现货或预售 = 预售；预售公布的发货时间 未提供" in why
    assert "差一点触发的规则" in why
    assert "留存的裁决不一致" not in why
    assert "现货或预售" in section(page, "h-reasons")
    assert "预售" in section(page, "h-reasons")


def test_the_page_of_an_order_tells_its_course_in_yuan_and_without_references_to_people(service):
    page = officer_of(service).get(presale(service)).text

    course = section(page, "h-course")
    assert "订单付款" in course
    assert "123.45" in course
    assert "buyer-77" not in page
    assert "转人工审核" in section(page, "h-effects")


def test_an_english_page_of_an_order_calls_facts_as_they_are_declared(service):
    client = officer_of(service)
    where = presale(service)

    page = client.get(where, headers={"Accept-Language": "en"}).text

    assert "An order was paid" in section(page, "h-reasons")
    assert "What happened" in section(page, "h-course")
    assert "presale" in section(page, "h-reasons")


def test_a_decision_that_comes_out_otherwise_today_says_so(service):
    where = presale(service)

    def tamper(session):
        row = session.scalar(select(EventDecision))
        row.facts = {name: value for name, value in row.facts.items() if "stock_type" not in name}

    service.parts.db.write(tamper)

    assert "按当时版本重演的结果与留存的裁决不一致：触发的规则。" in officer_of(service).get(where).text


def test_a_time_line_too_long_for_a_page_is_not_read(service):
    where = presale(service)

    def lengthen(session):
        [row] = session.scalars(select(EventDecision))
        place = {"last_at": START, "last_source": "x", "last_id": "x", "rows": [], "kinds": DIGEST}
        session.merge(LineMark(shop_id="shop-1", root=row.root, event_count=5_000, **place))

    service.parts.db.write(lengthen)

    assert section(officer_of(service).get(where).text, "h-course") == " 事件经过 0 事件太多，未在此列出。 "


def test_claims_that_wait_together_are_called_by_their_cause_and_doubts():
    row = Case(subject_type="claims", subject="late_dispatch:unsigned,fund_low")
    other = Case(subject_type="order", subject="late_dispatch:unsigned")

    assert subject_text(row) == "延迟发货：参数尚未签核、基金余额将低于底线"
    assert subject_text(other) == "late_dispatch:unsigned"
