"""The pages of campaigns: the list with what the rules say, one with reasons, law, remedy and its days."""

from __future__ import annotations

import pytest

from app.flows.due_deadlines import due_deadlines
from tests.campaigns import at, event, orders, tell
from tests.console import officer_of
from tests.service import make_service


@pytest.fixture
def service(database, judge, tmp_path):
    return make_service(database, tmp_path, judge)


def test_without_any_campaign_the_list_says_how_to_send_one(service):
    page = officer_of(service, roles=["viewer"]).get("/console/campaigns").text

    assert "还没有活动" in page
    assert "weiheng campaigns check" in page


def test_a_campaign_is_listed_with_its_verdict_and_shown_with_law_and_remedy(service):
    flash = {"type": "flash_sale", "carrier": "shop", "title": "双十二<b>抢购"}
    tell(service.client("events"), event("campaign.create", "c-1", -1, **flash))
    client = officer_of(service, roles=["viewer"])

    listed, shown = client.get("/console/campaigns").text, client.get("/console/campaigns/c-1?shop_id=shop-1").text

    assert "双十二&lt;b&gt;抢购" in listed
    assert "S1-11" in listed
    assert "拦截" in listed
    assert "依据：网络反不正当竞争暂行规定第九条第三项" in shown
    assert "整改：写明固定的起止时间" in shown
    assert "没有符合条件的活动" in client.get("/console/campaigns?type=bargain").text


def test_the_days_of_a_campaign_are_a_line_with_the_averages_its_threshold_fits(service):
    reduced = {
        "type": "full_reduction",
        "carrier": "shop",
        "threshold_fen": 6_500,
        "amount_fen": 500,
        "ends_at": at(99),
    }
    client = service.client("events")
    tell(client, *orders(10_000, 20), event("campaign.create", "c-1", -1, **reduced))
    service.clock.advance(days=2)
    tell(client, *orders(1_000, 60, hours=30, prefix="p"))
    while due_deadlines(service.parts, now=service.clock()):
        pass

    page = officer_of(service, roles=["viewer"]).get("/console/campaigns/c-1").text

    assert "适宜的客单价：92.85 至 108.33 元" in page
    assert page.count('class="chart-level"') == 2
    assert "S5-40b" in page
    assert "2026-11-25" in page
    assert "32.50" in page  # 20 orders of 100 yuan and 60 of 10


def test_an_officer_of_another_shop_sees_none(service):
    tell(service.client("events"), event("campaign.create", "c-1", -1, type="other"))
    client = officer_of(service, roles=["viewer"], shop_ids=["shop-2"])

    assert "还没有活动" in client.get("/console/campaigns").text
    assert client.get("/console/campaigns/c-1").status_code == 404
