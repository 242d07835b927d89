"""The pages 供应链 and 服务商: what they show, what is empty, and what an officer does there."""

from __future__ import annotations

import pytest

from app.models import ProviderBadge, ProviderRating
from tests.console import Page, put_officer, sign_in, token
from tests.filled import filled_service
from tests.partners import put_contract, put_partners, tell
from tests.service import make_service, shipped_judge


@pytest.fixture(scope="module")
def judge(tmp_path_factory):
    return shipped_judge(tmp_path_factory.mktemp("judge"))


@pytest.fixture
def filled(one_database, judge, tmp_path):
    """A shop with ranked suppliers and rated providers."""
    return filled_service(put_partners, one_database, lambda: make_service(one_database, tmp_path, judge))


def send(client, path, **form):
    return client.post(path, data={"csrf_token": token(client, "/console/providers/of/shop-1/p-1"), **form})


def text_of(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, path
    return Page(answer.text).text


def test_before_anything_is_told_both_pages_say_how_to_begin(officer):
    assert "还没有供应商排名" in text_of(officer, "/console/suppliers")
    assert "weiheng providers rate" in text_of(officer, "/console/providers")


def test_the_supply_chain_shows_tiers_the_rate_against_its_lines_and_what_went_wrong(filled):
    service, _ = filled
    client = service.client("events")
    tell(client, "logistics.event", "W-s-0-0", "t-1", {"action": "unknown"}, hours=-1)
    tell(
        client, "coldchain.reading", "s-0-1", "c-1", {"out_of_range_seconds": 9_000, "longest_gap_seconds": 0}, hours=-1
    )
    put_officer(service)
    own, _ = sign_in(service)

    page = text_of(own, "/console/suppliers")

    assert "战略 TOP 20%" in page
    assert "90.00%" in page  # 18 of 20 on average
    assert "低于目标" in page
    assert "承运方发来未知的轨迹状态" in page
    assert "冷链断链" in page
    assert 'class="chart-mark"' in own.get("/console/suppliers").text
    assert "s-4" not in text_of(own, "/console/suppliers?tier=strategic")
    assert "历次排名" in text_of(own, "/console/suppliers/s-0?shop=shop-1")
    assert own.get("/console/suppliers.csv").data.startswith(b"\xef\xbb\xbfshop_id,supplier_id")


def test_a_bound_officer_sees_only_suppliers_and_providers_of_their_shops(filled):
    service, _ = filled
    put_officer(service, shop_ids=["shop-2"])
    own, _ = sign_in(service)

    assert "还没有供应商排名" in text_of(own, "/console/suppliers")
    assert "还没有服务商" in text_of(own, "/console/providers")
    assert own.get("/console/suppliers/s-0").status_code == 404
    assert own.get("/console/providers/of/shop-1/p-1").status_code == 404
    assert b"s-0" not in own.get("/console/suppliers.csv").data
    assert b"p-1" not in own.get("/console/providers.csv").data


def test_an_officer_gives_the_badge_and_takes_it_away(filled):
    service, _ = filled
    put_officer(service)
    own, _ = sign_in(service)

    refused = send(own, "/console/providers/badge/shop-1/p-2", shop_id="shop-1", provider_id="p-2", reason="想发")
    given = send(own, "/console/providers/badge/shop-1/p-1", shop_id="shop-1", provider_id="p-1", reason="A 级")

    assert refused.status_code == 409
    assert "不能发放优选标识" in Page(refused.text).text
    assert given.status_code == 303
    assert "摘除优选标识" in text_of(own, "/console/providers/of/shop-1/p-1")
    form = {"shop_id": "shop-1", "provider_id": "p-1", "reason": "抽查", "decision": "withdraw"}
    send(own, "/console/providers/badge/shop-1/p-1", **form)
    with service.parts.db.read() as session:
        assert session.query(ProviderBadge).one().withdrawn_by == "officer:lin"


def test_what_a_provider_did_wrong_is_shown_on_its_page(filled):
    service, _ = filled
    tell(service.client("events"), "provider.ops", "p-1", "f-1", {"signs": ["fake_orders"]}, hours=-1)
    put_officer(service)
    own, _ = sign_in(service)

    page = text_of(own, "/console/providers/of/shop-1/p-1")

    assert "近一年的违规" in page
    assert "不得组织虚假交易" in page


def test_a_held_rating_and_an_appeal_are_decided_on_the_providers_page(filled):
    service, ids = filled
    put_officer(service)
    own, _ = sign_in(service)
    whose = {"shop_id": "shop-1", "provider_id": "p-2"}

    assert "S7-30" in text_of(own, "/console/providers")
    path = f"/console/providers/ratings/{ids['held_rating_id']}"
    send(own, f"{path}/appeal", **whose, text="还有十八单未计入", evidence="附件-1")
    page = text_of(own, "/console/providers/of/shop-1/p-2")
    send(own, f"{path}/decide", **whose, decision="approve", reason="补充核对")

    assert "还有十八单未计入" in page
    assert "证据：附件-1" in page
    with service.parts.db.read() as session:
        assert session.get(ProviderRating, ids["held_rating_id"]).state == "in_force"


def test_a_viewer_reads_but_decides_nothing(filled):
    service, _ = filled
    put_officer(service, roles=["viewer"])
    own, _ = sign_in(service)

    page = own.get("/console/providers/of/shop-1/p-1").text
    answer = send(own, "/console/providers/badge/shop-1/p-1", shop_id="shop-1", provider_id="p-1", reason="x")

    assert "发放优选标识" not in page
    assert answer.status_code == 403


def test_a_form_without_a_reason_changes_nothing_and_says_so(filled):
    service, _ = filled
    put_officer(service)
    own, _ = sign_in(service)

    answer = send(own, "/console/providers/badge/shop-1/p-1", shop_id="shop-1", provider_id="p-1", reason=" ")

    assert answer.status_code == 422
    assert "请写明理由" in answer.text


def test_long_lists_are_turned_page_by_page(filled):
    service, _ = filled
    client = service.client("events")
    for number in range(60):
        put_contract(client, f"q-{number:02d}")
    put_officer(service)
    own, _ = sign_in(service)

    first = own.get("/console/providers").text

    assert "下一页" in first
    assert "q-59" not in first
