"""A merchant's planner checks a campaign's file, lists campaigns and tries another threshold at the command line."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from app.cli import main
from tests.campaigns import at, event, orders, tell

HONEST = """
campaign:
  campaign_id: c-1
  type: flash_sale
  carrier: shop
  starts_at: 2026-12-12T00:00:00+08:00
  ends_at: 2026-12-12T23:59:59+08:00
  declared_stock_count: 100
  reserved_stock_count: 100
coupons:
  - {coupon_id: k-1, type: full_reduction, threshold_fen: 10000, amount_fen: 2000}
figures: {average_order_fen: 15000, flash_reset_count: 0}
"""


@pytest.fixture
def weiheng(tmp_path, monkeypatch):
    monkeypatch.setenv("WEIHENG_DATA_DIR", str(tmp_path))
    return lambda *words: CliRunner().invoke(main, ["campaigns", *map(str, words)])


@pytest.fixture
def checked(weiheng, tmp_path):
    def check(text, *words, name="campaign.yaml"):
        (tmp_path / name).write_text(text, "utf-8")
        return weiheng("check", tmp_path / name, *words)

    return check


def test_an_honest_campaign_passes_with_exit_code_0(checked):
    said = checked(HONEST)

    assert said.exit_code == 0, said.output
    assert said.output.startswith("裁决：通过\n")


def test_one_piece_too_many_announced_is_stopped_with_law_and_remedy(checked):
    said = checked(HONEST.replace("declared_stock_count: 100", "declared_stock_count: 101"))

    assert said.exit_code == 1
    assert said.output.startswith("裁决：拦截\n")
    assert "依据：网络反不正当竞争暂行规定第九条第三项" in said.output
    assert "整改：" in said.output


def test_what_nobody_knows_goes_to_a_person_and_is_named(checked):
    said = checked(HONEST.replace("average_order_fen: 15000, ", ""))

    assert said.exit_code == 1
    assert "无法判断，缺少：past.average_order_fen" in said.output


def test_json_is_read_and_written_too(checked):
    document = {"coupons": [{"type": "discount", "discount_bp": 5001}]}

    said = checked(json.dumps(document), "--json", name="campaign.json")

    assert json.loads(said.output)["parts"][0]["firings"][0]["rule"] == "S5-41b"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("campaign: {type: flash}", "campaign.type"),
        ("campain: {type: other}", "campain"),
        ("figures: {average_order: 3}\ncampaign: {type: other}", "figures.average_order"),
        ("- 1", "is no mapping"),
        ("a: [", "campaign.yaml:2:1"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_with_the_place(checked, text, told):
    said = checked(text)

    assert said.exit_code == 1
    assert told in said.output


def test_the_service_is_asked_for_what_it_knows_and_lists_what_it_was_told(weiheng, checked, service, monkeypatch):
    client = service.client("events")
    tell(
        client,
        *orders(15_000, 20),
        event("campaign.create", "c-9", -1, type="flash_sale", carrier="shop", title="抢购"),
    )
    tell(client, event("coupon.create", "k-9", -1, type="full_reduction", threshold_fen=10_600))
    monkeypatch.setenv("WEIHENG_DATABASE_URL", service.parts.db.url)
    known = "shop_id: shop-1\n" + HONEST.replace("average_order_fen: 15000, flash_reset_count: 0", "")

    said = checked(known, "--database", "--now", at(0))
    listed, table = weiheng("list"), weiheng("list", "--csv", "--state", "running")
    tried = weiheng("what-if", "--set", "marketing.threshold_high_bp=7100", "--from", at(-48), "--to", at(0))

    assert said.exit_code == 0, said.output
    assert "past.average_order_fen = 15000" in said.output
    assert listed.output == "shop-1  c-9  flash_sale  running  拦截  S1-11\n"
    assert table.output.splitlines()[1].startswith("c-9,shop-1,flash_sale,抢购,running,,,block,S1-11,")
    assert "结论不同的 1 个" in tried.output
    assert "警告 → 通过  1" in tried.output
    assert "shop-1 coupon:k-9: S5-40" in tried.output
