"""Suppliers under other numbers, and one supplier over several shops: over HTTP and on the command line."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from click.testing import CliRunner

from app.cli import main
from app.flows.rank_suppliers import rank_suppliers
from tests.filled import filled_service
from tests.partners import put_orders, put_partners, tell
from tests.service import make_service


@pytest.fixture
def service(database, judge, tmp_path):
    """A service whose shop has partners."""
    return filled_service(put_partners, database, lambda: make_service(database, tmp_path, judge))[0]


@pytest.fixture
def client(service):
    return service.client("events")


def test_another_border_moves_suppliers_and_says_whose_assigned_tier_is_judged_anew(client):
    tell(client, "supplier.tier_assign", "s-1", "assign-1", {"tier": "strategic", "serves": "head_streamer"})
    tell(client, "supplier.tier_assign", "s-3", "assign-3", {"tier": "distributor", "serves": "small_merchant"})
    before = client.get("/v1/suppliers").get_json()

    tried = client.post("/v1/suppliers/what-if", json={"parameters": {"top_bp": 4_000}}).get_json()

    assert (tried["looked_at"], tried["judged_differently"]) == (5, 1)
    assert tried["before"] == {"strategic": 1, "distributor": 3, "local": 1}
    assert tried["after"] == {"strategic": 2, "distributor": 2, "local": 1}
    assert tried["moves"] == [
        {
            "shop_id": "shop-1",
            "supplier_id": "s-1",
            "before": "distributor",
            "after": "strategic",
            "assigned_tier": "strategic",
            "is_judged": True,
        }
    ]
    assert client.get("/v1/suppliers").get_json() == before


def test_more_orders_asked_for_leave_nobody_ranked(client):
    tried = client.post("/v1/suppliers/what-if", json={"parameters": {"min_orders": 21}}).get_json()

    assert tried["after"] == {"none": 5}


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"top_bq": 1}, "parameters.top_bq"),
        ({"top_bp": 10_001}, "parameters.top_bp"),
        ({"top_bp": 9_000}, "parameters.top_bp"),
        ({"window_days": 0}, "parameters.window_days"),
    ],
)
def test_numbers_out_of_place_are_named(client, parameters, field):
    answer = client.post("/v1/suppliers/what-if", json={"parameters": parameters})

    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == field


def test_a_key_tries_and_sees_only_its_own_shops(service):
    other = service.client("events", shops=["shop-2"])

    assert other.post("/v1/suppliers/what-if", json={"parameters": {"top_bp": 1}}).get_json()["looked_at"] == 0
    asked = {"parameters": {"top_bp": 1}, "shop_id": "shop-1"}
    assert other.post("/v1/suppliers/what-if", json=asked).status_code == 403
    assert other.get("/v1/suppliers-across-shops").get_json()["items"] == []


def test_a_supplier_of_two_shops_is_one_with_its_figures_added_up(service, client):
    put_orders(service, client, {f"s-{n}": (20, 10, 500) for n in range(5)}, shop="shop-2")
    rank_suppliers(service.parts, by="system", now=service.clock(), shop_id="shop-2")

    pages, cursor = [], None
    while not pages or cursor:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        answer = client.get("/v1/suppliers-across-shops", query_string=query).get_json()
        pages.append(answer["items"])
        cursor = answer["next_cursor"]
    found = {each["supplier_id"]: each for page in pages for each in page}

    assert [len(page) for page in pages] == [2, 2, 1]
    assert found["s-0"]["shop_count"] == 2
    assert (found["s-0"]["order_count"], found["s-0"]["sales_fen"]) == (40, 30_000)
    assert (found["s-0"]["due_count"], found["s-0"]["met_count"], found["s-0"]["fulfilment_bp"]) == (40, 30, 7_500)


@pytest.fixture
def command(one_database, judge, tmp_path, monkeypatch):
    """The command line over the test's own database."""
    service, _ = filled_service(put_partners, one_database, lambda: make_service(one_database, tmp_path, judge))

    @contextmanager
    def opened(**_):
        yield service.parts

    monkeypatch.setattr("app.cli.suppliers.opened_parts", opened)
    monkeypatch.setattr("app.cli.suppliers.follow_once", lambda _parts: None)
    return lambda *words: CliRunner().invoke(main, ["suppliers", *words])


def test_the_command_prints_who_moves_and_refuses_what_is_no_number(command):
    tried = command("what-if", "top_bp=4000")

    assert tried.exit_code == 0, tried.output
    assert "看过 5 家，换层 1 家，已指定层级的结论不同 0 家" in tried.output
    assert "shop-1  s-1  云仓分销 → 战略" in tried.output
    assert "NAME=NUMBER" in command("what-if", "top_bp").output
    assert "s-0  1 家店铺  履约 100.00%  20 单  200.00 元  战略 1  云仓分销 0  本地 0" in command("across-shops").output
