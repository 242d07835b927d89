"""The pages of segments and the funnel: what they show, to whom, and what they say where there is nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.flows.tier_people import pseudonym_of, tier_people
from tests.console import officer_of, put_officer, sign_in, token
from tests.service import START, make_service


def tell(client, kind, subject, data, *, days, shop="shop-1"):
    at = (START - timedelta(days=days)).isoformat()
    event = {"id": f"{kind}{subject}{days}", "kind": kind, "subject": subject, "shop_id": shop, "occurred_at": at}
    assert client.post("/v1/events", json=event | {"data": data}).status_code == 200


@pytest.fixture
def service(database, judge, tmp_path):
    """The service over each kind of database, with the rules in force whose parameters the pages show."""
    return make_service(database, tmp_path, judge)


@pytest.fixture
def told(service):
    """Two shops with a customer each, put into segments."""
    client = service.client()
    for number, shop in enumerate(("shop-1", "shop-2")):
        paid = {"paid_fen": 1_500_000, "buyer_ref": f"b-{number}", "channel": "miniprogram"}
        tell(client, "order.paid", f"o-{number}", paid, days=20, shop=shop)
        activity = {"channel": "live", "followed_brand_count": 3, "visit_count": 2, "browse_seconds": 4}
        tell(client, "person.activity", f"b-{number}", activity, days=21, shop=shop)
        tier_people(service.parts, shop, by="test", now=service.clock())
    return service


def test_a_page_without_any_segment_says_what_to_send_and_how_to_begin(service):
    page = officer_of(service).get("/console/segments").text

    assert "还没有分层结果" in page
    assert "buyer_ref" in page
    assert "weiheng tiering run" in page


def test_the_page_shows_shares_targets_and_treatments_of_the_shop_that_is_chosen(told):
    page = officer_of(told).get("/console/segments?shop=shop-2").text

    assert '<option value="shop-2" selected>' in page
    assert "目标 15.00%" in page
    assert "专属客服、新品内测、VIP权益" in page
    assert "人数太少，不比较" in page


def test_an_officer_of_one_shop_sees_no_other(told):
    put_officer(told, shop_ids=["shop-2"])
    client, _ = sign_in(told)

    assert "shop-1" not in client.get("/console/segments").text
    assert "shop-1" not in client.get("/console/funnel?shop=shop-1").text


def test_a_person_is_found_by_a_form_and_shown_with_the_why(told):
    client = officer_of(told, roles=["privacy"])
    csrf = token(client, "/console/segments")

    found = client.post("/console/segments/find", data={"csrf_token": csrf, "ref": "buyer:b-0"}).text
    nobody = client.post("/console/segments/find", data={"csrf_token": csrf, "ref": "b-9"}).text

    assert "shop-1：高价值用户" in found
    assert "关注品牌数" in found
    assert "没有这个编号的分层结果" in nobody
    assert pseudonym_of(told.parts, "b-0") not in client.get("/console/segments").text


def test_who_may_not_read_personal_data_is_offered_no_search_and_gets_none(told):
    client = officer_of(told)

    assert "查一位用户" not in client.get("/console/segments").text
    csrf = token(client, "/console/segments")  # of the form that signs out
    assert client.post("/console/segments/find", data={"csrf_token": csrf, "ref": "b-0"}).status_code == 403


def test_the_funnel_shows_steps_months_and_what_could_not_be_worked_out(told):
    page = officer_of(told).get("/console/funnel").text

    assert "公域获客 <b>1 人</b>" in page
    assert "上一步没有上报，不计算转化" in page
    assert "100.00%" in page


def test_a_funnel_nobody_told_anything_of_says_where_its_steps_come_from(service):
    assert "还没有店铺上报过事件" in officer_of(service).get("/console/funnel").text
