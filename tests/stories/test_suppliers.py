"""Suppliers are ranked by what they did, and what is promised is held against what is there."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from app.cli import main
from app.flows.rank_suppliers import rank_suppliers
from app.flows.tell_logistics import tell_logistics
from app.jobs.schedule import RANK_SUPPLIERS, schedule_due
from app.models import EventDecision, QueueRow, SupplierRank
from tests.filled import filled_service
from tests.partners import put_contract, put_orders, rules, tell, tell_many
from tests.service import START, make_service
from tests.working import leave_out, work


def rank_six(service):
    """Five suppliers that dispatched worse and worse, and one of few orders."""
    plan = {f"s-{number}": (20, 20 - 2 * number, 1_000) for number in range(5)} | {"small": (19, 19, 9_000)}
    put_orders(service, service.client("events"), plan)
    rank_suppliers(service.parts, by="system", now=service.clock())


@pytest.fixture
def ranked_service(database, judge, tmp_path):
    """A service whose shop has six suppliers, ranked."""
    return filled_service(rank_six, database, lambda: make_service(database, tmp_path, judge))[0]


@pytest.fixture
def ranked(ranked_service):
    """Who tells it events."""
    return ranked_service.client("events")


def test_suppliers_are_listed_with_the_tiers_their_dispatch_earned(ranked):
    items = {each["supplier_id"]: each for each in ranked.get("/v1/suppliers").get_json()["items"]}

    assert {name: each["tier"] for name, each in items.items()} == {
        "s-0": "strategic",
        "s-1": "distributor",
        "s-2": "distributor",
        "s-3": "distributor",
        "s-4": "local",
        "small": None,
    }
    assert items["s-1"]["fulfilment_bp"] == 9_000
    assert (items["s-1"]["due_count"], items["s-1"]["met_count"], items["s-1"]["sales_fen"]) == (20, 18, 20_000)
    assert items["small"]["why"] == "too_few_orders"


def test_the_list_is_paged_filtered_and_kept_to_the_keys_shops(ranked_service, ranked):
    service = ranked_service
    first = ranked.get("/v1/suppliers?limit=4").get_json()
    second = ranked.get(f"/v1/suppliers?limit=4&cursor={first['next_cursor']}").get_json()

    assert [each["supplier_id"] for page in (first, second) for each in page["items"]] == [
        "s-0",
        "s-1",
        "s-2",
        "s-3",
        "s-4",
        "small",
    ]
    assert second["next_cursor"] is None
    assert [e["supplier_id"] for e in ranked.get("/v1/suppliers?tier=none").get_json()["items"]] == ["small"]
    assert service.client("events", shops=["shop-2"]).get("/v1/suppliers").get_json()["items"] == []
    assert service.client("events", shops=["shop-2"]).get("/v1/suppliers/s-0").status_code == 404
    assert ranked.get("/v1/suppliers?cursor=rubbish").status_code == 422
    assert service.client("cases").get("/v1/suppliers").status_code == 403


def test_a_second_ranking_on_a_day_replaces_the_first_and_the_next_day_adds_one(ranked_service, ranked):
    service = ranked_service
    rank_suppliers(service.parts, by="system", now=service.clock())
    rank_suppliers(service.parts, by="system", now=service.clock.advance(days=1))

    ranks = ranked.get("/v1/suppliers/s-0").get_json()["ranks"]

    assert [each["day"] for each in ranks] == ["2026-11-24", "2026-11-23"]
    assert {each["day"] for each in ranked.get("/v1/suppliers").get_json()["items"]} == {"2026-11-24"}


def test_ranking_a_past_day_again_leaves_the_last_ranking_the_newest(ranked_service, ranked):
    rank_suppliers(ranked_service.parts, by="cli", now=ranked_service.clock() - timedelta(days=1))

    assert {each["day"] for each in ranked.get("/v1/suppliers").get_json()["items"]} == {"2026-11-23"}


def test_the_night_ranks_once_however_many_schedulers_there_are(sqlite_service):
    service = sqlite_service
    put_orders(service, service.client("events"), {f"s-{number}": (20, 20, 1_000) for number in range(5)})
    for _ in range(3):
        service.parts.scheduled.clear()
        leave_out(service.parts, {RANK_SUPPLIERS})
        schedule_due(service.parts, now=service.clock())
    work(service, RANK_SUPPLIERS)

    with service.parts.db.read() as session:
        assert session.query(QueueRow).filter_by(kind=RANK_SUPPLIERS).count() == 1
        assert session.query(SupplierRank).count() == 5
        assert session.query(QueueRow).filter_by(state="failed").count() == 0


def test_a_tier_that_the_rank_does_not_bear_is_refused(ranked):
    told = {
        supplier: rules(
            tell(ranked, "supplier.tier_assign", supplier, f"a-{supplier}", {"tier": tier, "serves": "head_streamer"})
        )
        for supplier, tier in (("s-0", "strategic"), ("s-1", "strategic"), ("s-4", "distributor"), ("s-2", "local"))
    }

    assert told == {"s-0": [], "s-1": ["S3-01"], "s-4": ["S3-10"], "s-2": ["S3-20"]}
    assert ranked.get("/v1/suppliers/s-0").get_json()["assigned_tier"] == "strategic"


def test_a_tier_of_a_supplier_that_was_never_ranked_goes_to_a_person(service):
    said = {"tier": "strategic", "serves": "brand_flagship"}

    told = tell(service.client("events"), "supplier.tier_assign", "new", "a-1", said)

    assert told["decision"] == "review"
    assert told["firings"][0]["missing"] == ["past.supplier_rank_bp"]


@pytest.mark.parametrize(("capacity", "fired"), [(3, []), (2, ["S3-05"])])
def test_capacity_is_held_against_the_last_seven_days(service, capacity, fired):
    client = service.client("events")
    put_orders(service, client, {"s-1": (20, 20, 1_000)})  # 20 in 7 days: 2.86 a day

    said = {"exclusive_line": True, "daily_capacity_count": capacity}

    assert rules(tell(client, "supply.plan", "s-1", "plan-1", said)) == fired


def test_spot_goods_without_stock_behind_open_orders_are_refused(service):
    client = service.client("events")
    tell(client, "inventory.event", "sku-1", "i-1", {"stock_count": 2, "open_order_count": 0}, hours=-2)
    publish = {"stock_type": "spot"}

    before = tell(client, "product.publish", "sku-1", "pub-1", publish, hours=-1.5)
    for number in range(2):
        paid = {"paid_fen": 100, "sku_ids": ["sku-0", "sku-1"]}
        tell(client, "order.paid", f"o-{number}", f"p-{number}", paid, hours=-1)
    tell(client, "order.paid", "o-9", "p-9", {"paid_fen": 100, "sku_ids": ["sku-11"]}, hours=-1)
    after = tell(client, "product.publish", "sku-1", "pub-2", publish, hours=-0.5)
    tell(client, "order.deliver", "o-0", "d-0", {"waybill_id": "W-0"}, hours=-0.4)
    again = tell(client, "product.publish", "sku-1", "pub-3", publish, hours=-0.3)
    unknown = tell(client, "product.publish", "sku-2", "pub-4", publish)

    assert (rules(before), rules(after), rules(again)) == ([], ["S3-13"], [])
    assert after["decision"] == "block"
    assert after["firings"][0]["bindings"]["past.available_count"] == 0
    assert unknown["decision"] == "review"


def test_a_warehouse_gets_no_recipient_without_a_contract_in_force(service):
    client = service.client("events")
    route = {
        "warehouse_id": "wh-1",
        "warehouse_type": "third_party",
        "operator_id": "p-9",
        "shared_fields": ["address"],
    }

    without = tell(client, "order.route", "o-1", "r-1", route, hours=-200 * 24)
    put_contract(client, "p-9", provider_type="warehouse")
    within = tell(client, "order.route", "o-2", "r-2", route, hours=-1)
    too_much = tell(client, "order.route", "o-3", "r-3", route | {"shared_fields": ["phone"]}, hours=-1)

    assert (rules(without), rules(within), rules(too_much)) == (["S3-11"], [], ["S3-11"])


def trace(client, number, action, hours, **more):
    said = {"action": action, **more}
    return rules(tell(client, "logistics.event", "W-1", f"t-{number}", said, hours=hours))


def test_traces_that_contradict_themselves_are_found(service):
    client = service.client("events")
    tell(client, "order.paid", "o-1", "p-1", {"paid_fen": 100}, hours=-50)
    tell(client, "order.deliver", "o-1", "d-1", {"waybill_id": "W-1"}, hours=-40)

    assert trace(client, 1, "picked_up", -39, trace_version=1, action_type="100001") == []
    assert trace(client, 2, "in_transit", -30, trace_version=2) == []
    assert trace(client, 3, "delivering", -20, trace_version=3) == []
    assert trace(client, 4, "in_transit", -19, trace_version=4) == []  # a hub again: daily business
    assert trace(client, 5, "signed", -10, trace_version=2) == ["S3-30"]  # its version went back
    assert trace(client, 6, "picked_up", -9, trace_version=6) == ["S3-30"]  # after it was signed for
    assert trace(client, 7, "returned", -8, trace_version=7) == []
    assert trace(client, 8, "in_transit", -7, trace_version=8) == []  # on its way back
    assert trace(client, 9, "unknown", -6, trace_version=9) == ["S3-30b"]
    assert trace(client, 10, "stuck", -5, trace_version=10, action_type="777777") == ["S3-30b"]


def test_a_trace_that_comes_late_but_happened_before_contradicts_nothing(service):
    client = service.client("events")
    tell(client, "order.paid", "o-1", "p-1", {"paid_fen": 100}, hours=-50)
    tell(client, "order.deliver", "o-1", "d-1", {"waybill_id": "W-1"}, hours=-40)

    assert trace(client, 1, "signed", -10, trace_version=3) == []
    assert trace(client, 2, "picked_up", -39, trace_version=1) == []


def test_a_parcel_signed_for_before_the_order_was_sent_is_told(service):
    client = service.client("events")
    tell(client, "order.paid", "o-1", "p-1", {"paid_fen": 100}, hours=-50)

    told = tell(client, "logistics.event", "W-7", "t-1", {"action": "signed", "order_id": "o-1"}, hours=-10)

    assert rules(told) == ["S3-30c"]
    assert told["cases"]


@pytest.mark.parametrize(("parcels", "told"), [(20, ["S3-31"]), (19, [])])
def test_silent_carriers_are_noticed_by_the_clock_alone(service, parcels, told):
    client = service.client("events")
    events = []
    for number in range(parcels):
        events.append((f"p-{number}", "order.paid", f"o-{number}", -10, {"paid_fen": 100}))
        events.append((f"d-{number}", "order.deliver", f"o-{number}", -8, {"waybill_id": f"W-{number}"}))
    tell_many(client, events)
    tell(client, "logistics.event", "W-1", "t-1", {"action": "picked_up"}, hours=-7)

    assert tell_logistics(service.parts, now=service.clock.advance(minutes=30)) == 1
    assert tell_logistics(service.parts, now=service.clock.advance(minutes=29)) == 0  # the same hour
    assert tell_logistics(service.parts, now=service.clock.advance(hours=2)) == 1

    with service.parts.db.read() as session:
        wanted = select(EventDecision).where(EventDecision.kind == "logistics.sync").order_by(EventDecision.happened_at)
        found = [[firing["rule"] for firing in row.firings] for row in session.scalars(wanted)]
    assert (found[-1] if found else []) == told


def cold(client, number, hours, **said):
    told = tell(client, "coldchain.reading", "o-1", f"c-{number}", {"waybill_id": "W-1", **said}, hours=hours)
    return [firing for firing in told["firings"] if firing["rule"] == "S3-21b"]


def test_an_excursion_is_put_together_over_single_readings(service):
    client = service.client("events")
    tell(client, "order.paid", "o-1", "p-1", {"paid_fen": 9_900}, hours=-50)
    fired = [
        bool(cold(client, number, -20 + number / 6, temp_mc=temp, label_range="frozen"))
        for number, temp in enumerate([-20_000, -17_000, -16_000, -15_000, -17_900, -17_900])
    ]

    assert fired == [False, False, False, False, False, True]  # ten minutes apart: 40 minutes are over 30


def test_a_list_of_readings_shows_its_gap_and_an_unknown_label_is_a_doubt(service):
    client = service.client("events")
    tell(client, "order.paid", "o-1", "p-1", {"paid_fen": 9_900}, hours=-50)

    def readings(*minutes):
        at = START - timedelta(hours=20)
        return [{"read_at": (at + timedelta(minutes=each)).isoformat(), "temp_mc": 4_000} for each in minutes]

    whole = cold(client, 1, -19, readings=readings(0, 10, 20), label_range="chilled")
    [gap] = cold(client, 2, -18, readings=readings(20, 31), label_range="chilled")
    [doubt] = cold(client, 3, -18, temp_mc=4_000, device_id="d-2", waybill_id="W-2")

    assert whole == []
    assert gap["bindings"]["past.cold_longest_gap_seconds"] == 660
    assert doubt["missing"] == ["past.cold_out_of_range_seconds"]


def put_parcels(client, province, count, *, sku="sku-1", first=0):
    for number in range(first, first + count):
        tell(client, "order.paid", f"o-{number}", f"p-{number}", {"paid_fen": 100, "sku_ids": [sku]}, hours=-50)
        sent = {"waybill_id": f"W-{number}", "ship_province": province}
        tell(client, "order.deliver", f"o-{number}", f"d-{number}", sent, hours=-40)


def screened(service, text, **facts):
    body = {"text": text, "content_id": text, "facts": facts}
    said = service.screen(service.client("screen"), **body).get_json()
    return said["decision"], [firing["rule"] for firing in said["firings"] if firing["pack"] == "supply"]


def test_a_claimed_origin_is_held_against_where_parcels_came_from(service):
    client = service.client("events")
    put_parcels(client, "广东省", 5)
    put_parcels(client, "云南省", 4, sku="sku-2", first=5)
    text = "云南产地直发的鲜花饼"

    assert screened(service, text, sku_id="sku-1") == ("block", ["S3-34"])
    assert screened(service, f"{text}！", sku_id="sku-2") == ("review", ["S3-34d"])
    put_parcels(client, "云南省", 1, sku="sku-2", first=9)
    assert screened(service, f"{text}。", sku_id="sku-2") == ("pass", [])
    assert screened(service, f"{text}～") == ("pass", [])  # no goods named: the shop does send from there
    assert screened(service, "四川果园直发柑橘") == ("review", ["S3-34c"])
    assert screened(service, "鲜花饼，广东产地直发", sku_id="sku-1") == ("pass", [])
    put_parcels(client, "云南省", 3, first=10)
    assert screened(service, "鲜花饼，广东基地直发", sku_id="sku-1") == ("review", ["S3-34b"])


def test_a_shop_that_tells_no_orders_may_name_its_origin(service):
    assert screened(service, "云南产地直发的鲜花饼") == ("pass", [])


def test_what_an_origin_was_held_against_is_explained_and_the_same_content_keeps_its_answer(service):
    client = service.client("events")
    put_parcels(client, "广东省", 5)
    body = {"text": "云南产地直发的鲜花饼", "facts": {"sku_id": "sku-1"}}
    screen = service.client()
    first = service.screen(screen, **body).get_json()
    put_parcels(client, "云南省", 5, first=5)

    again = service.screen(screen, **body).get_json()
    why = screen.get(f"/v1/screenings/{first['screening_id']}/why")

    assert again == first
    assert why.status_code == 200
    assert first["firings"][0]["bindings"]["past.origin_parcel_count"] == 5


def test_the_caller_cannot_send_the_figures_itself(service):
    answer = service.screen(service.client("screen"), "云南产地直发", facts={"past.origin_parcel_count": 9})

    assert answer.status_code == 422


@pytest.fixture
def command(service, monkeypatch):
    from contextlib import contextmanager

    @contextmanager
    def opened(**_):
        yield service.parts

    for module in ("suppliers", "providers"):
        monkeypatch.setattr(f"app.cli.{module}.opened_parts", opened)
        monkeypatch.setattr(f"app.cli.{module}.follow_once", lambda _parts: None)
    return lambda *words: CliRunner().invoke(main, words)


def test_the_command_ranks_lists_and_writes_a_file(service, command):
    put_orders(
        service, service.client("events"), {f"s-{n}": (20, 20 - n, 1_000) for n in range(5)} | {"=1+1": (20, 1, 5)}
    )

    trial = command("suppliers", "rank", "--dry-run")
    nothing = command("suppliers", "list").output
    done = command("suppliers", "rank")
    lines = list(csv.DictReader(io.StringIO(command("suppliers", "list", "--csv").output.lstrip("\ufeff"))))

    assert (trial.exit_code, done.exit_code, nothing) == (0, 0, "")
    assert trial.output == done.output
    assert "s-0  第 1 名，战略" in done.output
    assert [line["supplier_id"] for line in lines] == ["'=1+1", "s-0", "s-1", "s-2", "s-3", "s-4"]
    assert "战略" in command("suppliers", "list").output


def test_without_any_supplier_the_command_says_what_is_missing(command):
    assert "supplier_id" in command("suppliers", "rank").output
