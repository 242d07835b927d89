"""The page that tries other numbers: what would change, what is refused and how, and whose shops are tried."""

from __future__ import annotations

import csv
import io
import re
import shutil
from contextlib import closing

import pytest

from app.db import Database
from app.flows.rank_suppliers import rank_suppliers
from app.flows.tier_people import tier_people
from tests.campaigns import event, tell
from tests.console import put_officer, sign_in
from tests.partners import put_orders
from tests.service import START, make_service


@pytest.fixture(scope="module")
def service(sqlite_template, judge, tmp_path_factory):
    """One shop with a customer, suppliers in tiers and coupons, another with a customer; nothing here changes them."""
    folder = tmp_path_factory.mktemp("what-if")
    shutil.copyfile(sqlite_template, folder / "weiheng.db")
    with closing(Database(f"sqlite:///{folder / 'weiheng.db'}")) as database:
        made = make_service(database, folder, judge)
        client = made.client()
        put_orders(made, client, {f"s-{number}": (20, 20 - number, 1_000) for number in range(5)})
        rank_suppliers(made.parts, by="system", now=START)
        for shop, fen in (("shop-1", 1_500_000), ("shop-2", 300_000)):
            paid = event("order.paid", f"o-{shop}", -1, paid_fen=fen, buyer_ref="b", channel="live")
            did = event(
                "person.activity", f"b-{shop}", -1, channel="live", followed_brand_count=3, interaction_count=12
            )
            tell(client, *({**each, "shop_id": shop} for each in (paid, {**did, "subject": "b"})))
            tier_people(made.parts, shop, by="test", now=START)
        tell(client, event("campaign.create", "c-1", -1, type="other"))
        limits = (9_600, 10_000, 10_400, 10_800, 11_200)  # the average order is 15,841 fen, 70 % of it 11,089
        kind = "full_reduction"
        tell(client, *(event("coupon.create", f"k-{each}", 0, type=kind, threshold_fen=each) for each in limits))
        put_officer(made)
        put_officer(made, username="zhou", shop_ids=["shop-2"])
        yield made


@pytest.fixture(scope="module")
def officer(service):
    return sign_in(service)[0]


def page_of(client, **query):
    answer = client.get("/console/what-if", query_string=query)
    assert answer.status_code == 200
    return answer.text


def fields_of(page):
    return dict(
        re.findall(r'<input class="form-control" type="text" inputmode="numeric" name="(\w+)" value="([^"]*)"', page)
    )


def test_the_form_stands_at_what_is_in_force_and_says_nothing_of_a_result(officer):
    page = page_of(officer, shop="shop-2")

    found = fields_of(page)
    assert (found["high_monthly_fen"], found["recency_5_days"], len(found)) == ("500000", "7", 22)
    assert "试算结果" not in page
    assert '<option value="shop-2" selected>' in page


def test_another_bound_says_who_would_be_where_from_the_figures_of_the_last_run(officer):
    page = page_of(officer, shop="shop-1", high_monthly_fen="500001")

    assert "1 位用户会换层" in page
    assert "高价值用户 → 未入层" not in page
    assert "高价值用户 → 潜力用户" in page
    assert "按上次分层时的数据" in page
    assert fields_of(page)["high_monthly_fen"] == "500001"


def test_another_window_has_the_figures_added_up_anew(officer):
    assert "按此刻重新汇总的数据" in page_of(officer, shop="shop-1", spend_window_days="60")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"high_monthly_fen": "5千"}, "高价值：月均消费不低于（分）：须填整数"),
        ({"potential_monthly_fen": "500000"}, "潜力：月均消费不低于（分）：不低于高价值线"),
        ({"recency_5_days": "31"}, "现为 31, 30, 60, 90"),
        ({"of": "suppliers", "top_bp": "10001"}, "战略层截至（万分比）：现为 10001"),
        ({"of": "suppliers", "top_bp": "9000"}, "不超过云仓分销层的 8000"),
        ({"of": "campaigns", "parameter": "discount_max_bp", "value": "x"}, "试的值：须填整数"),
        ({"of": "campaigns", "parameter": "discount_max_bp", "value": "1", "from": "soon"}, "自：须填日期"),
        ({"of": "campaigns", "parameter": "discount_max_bp", "value": "10001"}, "10001"),
    ],
)
def test_numbers_that_cannot_be_tried_are_said_in_a_sentence_and_stay_in_the_form(officer, query, said):
    page = page_of(officer, shop="shop-1", **query)

    assert "这组数字不能试算" in page
    assert said in page
    assert "试算结果" not in page


def test_the_numbers_in_force_sent_as_they_are_change_nothing_and_that_is_said(officer):
    assert "没有改动任何数字" in page_of(officer, shop="shop-1", high_monthly_fen="500000")


def test_suppliers_under_another_border_are_listed_with_where_they_would_be(officer):
    page = page_of(officer, of="suppliers", top_bp="4000")

    assert "5 家供应商中 1 家会换层，其中 0 家已指定层级的结论会不同" in page
    assert "云仓分销 MID 60% → 战略 TOP 20%" in page
    assert "/console/suppliers/s-1?shop=shop-1" in page


def test_campaigns_of_the_days_are_judged_by_both_numbers(officer):
    page = page_of(officer, of="campaigns", parameter="threshold_high_bp", value="7300")

    assert "看过 6 项，1 项的结论会不同" in page
    assert "警告 → 通过" in page
    assert "/console/rules/S5-" in page


def test_an_officer_of_one_shop_tries_no_other(service):
    client, _ = sign_in(service, "zhou")

    assert "shop-1" not in page_of(client, shop="shop-1", high_monthly_fen="1")
    assert "0 家供应商中 0 家会换层" in page_of(client, of="suppliers", top_bp="4000")


def test_every_report_can_be_taken_along_as_a_file(service, officer):
    heads = {}
    for name in ("segments", "funnel", "suppliers", "campaigns"):
        assert f"/console/{name}.csv" in officer.get(f"/console/{name}").text
        answer = officer.get(f"/console/{name}.csv")
        assert answer.content_type == "text/csv; charset=utf-8"
        assert answer.headers["Content-Disposition"].endswith(f'filename="{name}.csv"')
        rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
        assert len(rows) > 1
        heads[name] = rows[0][:2]

    assert heads["suppliers"] == ["shop_id", "supplier_id"]
    assert heads["segments"] == ["shop_id", "as_of"]
    with_key = service.client("events", shops=["shop-1"]).get("/v1/suppliers.csv?tier=strategic").text
    assert len(with_key.splitlines()) == 2
