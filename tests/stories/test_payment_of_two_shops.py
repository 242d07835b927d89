"""One payment told by two shops under different order numbers: money of both waits until a person says whose it is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import permutations

import pytest
from sqlalchemy import insert, select

from app.events.stored import SentEvent
from app.flows.choose_telling import Choice, choose_telling
from app.flows.decide_claim import approve_claim
from app.flows.settle_claims import settle_claims
from app.flows.take_event import take_event
from app.models import Case, EventLink, Order
from tests.money import LIN, Fund
from tests.service import START, make_service
from tests.stories.test_told_twice import REQUEST
from tests.tellings import choose, rules, tell, things

PAID = {"paid_fen": 40_000, "transaction_id": "T-1", "stock_type": "spot"}
TOLD = {"shop-1": "o-1", "shop-2": "x-9"}


def states(service):
    """Of each order: how much of it contradicts, and whether another shop has it."""
    with service.parts.db.read() as session:
        rows = session.scalars(select(Order)).all()
        return {(row.shop_id, row.subject): (row.contested_count, row.belongs_elsewhere) for row in rows}


def cases(service):
    with service.parts.db.read() as session:
        found = session.scalars(select(Case).where(Case.natural_key.contains("|S8-16k|")).order_by(Case.id))
        return [(row.shop_id, row.subject, row.state) for row in found]


def pay(client, shop, **more):
    return tell(client, f"p-{shop}", "order.paid", TOLD[shop], PAID | more, hours=-65, shop=shop)


def choose_shop(client, counts, asked="shop-1"):
    told = things(client, TOLD[asked], shop_id=asked)["shop"]["tellings"]
    body = {"thing": "shop", "telling": counts, "seen": [each["telling"] for each in told], "reason": "账单为准"}
    return client.post(f"/v1/orders/{TOLD[asked]}/tellings?shop_id={asked}", json=body)


WAIT = {("shop-1", "o-1"): (1, None), ("shop-2", "x-9"): (1, None)}


def test_one_payment_of_two_orders_is_one_case_and_money_of_both_waits(service):
    client = service.client()
    pay(client, "shop-1")

    second = pay(client, "shop-2")

    assert (second["decision"], "S8-16k" in rules(second), len(second["cases"])) == ("review", True, 1)
    assert cases(service) == [("shop-2", "x-9", "open")]
    assert states(service) == WAIT
    for number, (shop, order) in enumerate(TOLD.items()):
        split = REQUEST | {"order_id": order, "unsplit_fen": 40_000}
        assert "S8-13d" in rules(tell(client, f"s-{number}", "split.request", f"S-{number}", split, shop=shop))
        told = tell(client, f"r-{number}", "refund.request", order, {"refund_fen": 1}, shop=shop)
        assert "S8-16e" in rules(told)
    tell(client, "d-2", "order.deliver", "x-9", {"waybill_id": "SF1"}, hours=-40, shop="shop-2")
    assert (states(service), len(cases(service))) == (WAIT, 1)
    told = things(client, "x-9", shop_id="shop-2")["shop"]["tellings"]
    assert [each["facts"]["order_id"] for each in told] == ["o-1", "x-9"]


@pytest.mark.parametrize("counts", ["shop-1", "shop-2"])
@pytest.mark.parametrize("asked", ["shop-1", "shop-2"])
def test_a_person_says_whose_it_is_and_the_other_goes_on_being_asked_about(service, counts, asked):
    client, lost = service.client(), "shop-2" if counts == "shop-1" else "shop-1"
    pay(client, "shop-1")
    pay(client, "shop-2")

    assert choose_shop(client, counts, asked).status_code == 200

    own, other = (counts, TOLD[counts]), (lost, TOLD[lost])
    assert states(service) == {own: (None, None), other: (None, True)}
    assert [state for *_, state in cases(service)] == ["superseded"]
    assert things(client, TOLD[lost], shop_id=lost)["shop"]["was_settled"]
    tell(client, "again", "order.confirm", TOLD[lost], {}, hours=-3, shop=lost)
    assert states(service) == {own: (1, None), other: (1, True)}
    assert cases(service)[-1] == (lost, TOLD[lost], "open")
    assert choose_shop(client, lost, asked).status_code == 200
    assert states(service) == {own: (None, True), other: (None, None)}


NOTICE = {"paid_fen": 40_000, "paid_at": (START - timedelta(hours=65)).isoformat()}
EVENTS = {
    "first": ("order.paid", "o-1", {"paid_fen": 40_000}, "shop-1", -65),
    "notice": ("payment.succeeded", "T-1", NOTICE | {"order_id": "o-1"}, "shop-1", -65),
    "second": ("order.paid", "x-9", PAID, "shop-2", -64),
    "sent": ("order.deliver", "x-9", {"waybill_id": "SF1"}, "shop-2", -60),
}


@pytest.mark.parametrize("order", list(permutations(EVENTS)))
def test_whatever_comes_first_and_however_often_it_ends_alike(sqlite_service, order):
    client = sqlite_service.client()

    for name in (*order, *order):
        kind, subject, data, shop, hours = EVENTS[name]
        at = (START + timedelta(hours=hours)).isoformat()
        event = {"id": name, "kind": kind, "subject": subject, "shop_id": shop, "occurred_at": at, "data": data}
        assert client.post("/v1/events", json=event).status_code == 200

    assert states(sqlite_service) == WAIT
    assert [state for *_, state in cases(sqlite_service)].count("open") == 1


def test_both_told_in_one_request_are_one_doubt(service):
    at = (START - timedelta(hours=50)).isoformat()
    events = [
        {"id": f"p-{shop}", "kind": "order.paid", "subject": order, "shop_id": shop, "occurred_at": at, "data": PAID}
        for shop, order in TOLD.items()
    ]

    results = service.client().post("/v1/events", json={"events": events}).get_json()["results"]

    assert ["S8-16k" in rules(each) for each in results] == [False, True]
    assert (states(service), cases(service)) == (WAIT, [("shop-2", "x-9", "open")])


def test_the_same_at_two_processes_at_once_is_noticed(postgres_database, judge, tmp_path):
    doors = [make_service(postgres_database, tmp_path / name, judge) for name in ("a", "b")]
    clients = [door.client() for door in doors]

    for turn in range(10):
        told = [(f"shop-{turn}-{each}", f"o-{turn}-{each}", clients[each]) for each in (0, 1)]
        facts = {"paid_fen": 40_000, "transaction_id": f"T-{turn}"}
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda one: tell(one[2], one[1], "order.paid", one[1], facts, shop=one[0]), told))  # noqa: B023

    assert set(states(doors[0]).values()) == {(1, None)}
    assert [state for *_, state in cases(doors[0])] == ["open"] * 10


def test_a_doubt_goes_when_one_shop_only_named_the_wrong_payment(service):
    client = service.client()
    pay(client, "shop-1")
    pay(client, "shop-2")
    tell(client, "right", "order.paid", "x-9", PAID | {"transaction_id": "T-2"}, hours=-65, shop="shop-2")
    assert states(service) == {("shop-1", "o-1"): (1, None), ("shop-2", "x-9"): (2, None)}

    assert choose(client, "payment", "right", order_id="x-9").status_code == 200

    assert states(service) == dict.fromkeys(WAIT, (None, None))
    assert [state for *_, state in cases(service)] == ["superseded"]


def test_different_payments_and_the_same_shop_are_no_doubt_between_shops(service):
    client = service.client()
    pay(client, "shop-1")
    pay(client, "shop-2", transaction_id="T-2")

    tell(client, "twice", "order.paid", "o-2", PAID, hours=-65)

    assert cases(service) == []
    assert {count for count, _ in states(service).values()} == {None}


def test_a_shop_with_two_orders_of_it_is_one_side(service):
    client = service.client()
    pay(client, "shop-1")
    tell(client, "twice", "order.paid", "o-2", PAID, hours=-65)
    pay(client, "shop-2")
    tell(client, "thrice", "order.paid", "o-3", PAID, hours=-65)
    assert {count for count, _ in states(service).values()} == {1}
    assert [state for *_, state in cases(service)].count("open") == 1

    assert choose_shop(client, "shop-1").status_code == 200

    lost = {place for place, (_, is_lost) in states(service).items() if is_lost}
    assert lost == {("shop-2", "x-9")}
    assert {count for count, _ in states(service).values()} == {None}


def test_who_sees_one_shop_reads_nothing_of_the_other(service):
    client = service.client()
    pay(client, "shop-1")
    pay(client, "shop-2", paid_fen=39_999)
    own = service.app.test_client()
    own.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {service.key(shops=['shop-1'], name='own')}"

    shown = own.get("/v1/orders/o-1/tellings").get_json()

    assert [each["telling"] for each in shown["items"][0]["tellings"]] == ["shop-1", "-"]
    assert not any(word in str(shown) for word in ("shop-2", "x-9", "39999"))
    assert choose_shop(own, "shop-1").status_code == 403


def test_the_fund_pays_one_payment_once(database, judge, tmp_path):
    fund = Fund(database, tmp_path, judge=judge)
    facts = {"paid_fen": 20_000, "transaction_id": "4200001"}
    claims = []
    for shop, order in TOLD.items():
        sent = SentEvent(f"p-{shop}", "order.paid", "channels:main", shop, order, START, facts)
        assert take_event(fund.parts, sent, actor="test", now=fund.clock()).status == "accepted"
        claims.append(fund.open(order_id=order, shop_id=shop))
        approve_claim(fund.parts, claims[-1].id, reason="属实", caller=LIN, now=fund.clock())

    settle(fund)
    assert fund.channel.paid == {}
    assert {tuple(fund.claim(each).waits_for) for each in claims} == {("contested",)}
    choice = Choice("shop", "shop-2", "账单为准")
    choose_telling(fund.parts, "o-1", choice, shop_id="shop-1", caller=LIN, now=fund.clock())
    settle(fund)

    assert len(fund.channel.paid) == 1
    assert fund.claim(claims[0]).waits_for == ["contested"]
    assert fund.claim(claims[1]).state == "recovering"
    assert fund.findings() == []


def settle(fund):
    fund.clock.advance(hours=25)
    for shop in TOLD:
        fund.feed(shop)
    settle_claims(fund.parts, now=fund.clock())
    fund.work()


def test_a_payment_is_found_by_its_index(database):
    asked = select(EventLink.root).where(EventLink.name == "transaction:T-1", EventLink.shop_id != "shop-1").limit(1)
    told = str(asked.compile(database.engine, compile_kwargs={"literal_binds": True}))
    explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
    many = [{"shop_id": "shop-2", "name": f"transaction:T-{at}", "root": f"order:o-{at}"} for at in range(2_000)]
    database.write(lambda session: session.execute(insert(EventLink), many))
    with database.engine.connect() as connection:
        if not database.is_sqlite:
            connection.exec_driver_sql("ANALYZE")
        plan = str(connection.exec_driver_sql(explain + told).all())
    assert "ix_event_link_name" in plan
