"""Deciding and choosing while events of the same order come in, on PostgreSQL: nothing is lost or weighed unseen."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from app.errors import Conflict
from app.events.stored import SentEvent
from app.events.told_once import SETTLES
from app.flows.choose_telling import Choice, choose_telling
from app.flows.decide_case import decide_case
from app.flows.take_event import take_events
from app.flows.told_things import told_things
from app.models import Case, Event, Order
from app.review.cases import Said
from app.values.access import Caller, Role
from tests.service import START, make_service

R_1 = "refund.finished|R-1"
TELLERS, EACH = 3, 4
WEN = Caller("3", "officer:wen", frozenset({Role.SENIOR}), None)


@pytest.fixture
def service(postgres_database, judge, tmp_path):
    return make_service(postgres_database, tmp_path, judge)


def refund(event_id, amount_fen, order_id="o-1"):
    facts = {"order_id": order_id, "result": "success", "amount_fen": amount_fen}
    return SentEvent(event_id, "refund.finished", "shop:shop-1", "shop-1", f"R-{order_id[2:]}", START, facts)


def take(service, *events):
    told = take_events(service.parts, events, actor="test", now=service.clock())
    assert {each.status for each in told} == {"accepted"}


def paid(order_id, transaction_id="T-1"):
    facts = {"paid_fen": 20_000, "transaction_id": transaction_id}
    return SentEvent(f"p-{order_id}", "order.paid", "shop:shop-1", "shop-1", order_id, START, facts)


def order(service):
    with service.parts.db.read() as session:
        return session.scalars(select(Order).where(Order.subject == "o-1")).one()


def thing(service):
    return next(each for each in told_things(order(service)) if each["thing"] == R_1)


def open_case(service):
    with service.parts.db.read() as session:
        found = select(Case.id).where(Case.natural_key.contains("|S8-16i|"), Case.state == "open")
        return session.scalars(found).first()


def decide(service, seen):
    """Decide the open case; what it was about is kept in ``seen``."""
    case_id = open_case(service)
    told = [each["telling"] for each in thing(service)["tellings"]]
    if case_id is not None:
        decide_case(service.parts, case_id, Said("pass", "已核对"), caller=WEN, now=service.clock())
        seen.append(set(told))


def choose(service, seen):
    """Choose the last telling, having looked at all."""
    told = [each["telling"] for each in thing(service)["tellings"]]
    choice = Choice(R_1, max(told), "与账单一致", told)
    choose_telling(service.parts, "o-1", choice, shop_id="shop-1", caller=WEN, now=service.clock())
    seen.append(set(told))


@pytest.mark.parametrize("settle", [decide, choose])
def test_no_telling_is_lost_or_weighed_unseen(service, settle):
    take(service, paid("o-1"), refund("r-0", 1_000), refund("r-1", 2_000))
    start, seen = Barrier(TELLERS + 1), []

    def tells(number):
        start.wait()
        for each in range(EACH):
            take(service, refund(f"r-{number}-{each}", 3_000 + 10 * number + each))

    def settles():
        start.wait()
        for _ in range(TELLERS * EACH):
            try:
                settle(service, seen)
            except Conflict:
                continue

    with ThreadPoolExecutor(TELLERS + 1) as pool:
        done = [pool.submit(tells, number) for number in range(TELLERS)] + [pool.submit(settles)]
        for each in done:
            each.result()

    told = {each["telling"] for each in thing(service)["tellings"]}
    assert len(told) == 2 + TELLERS * EACH
    with service.parts.db.read() as session:
        weighed = session.scalars(select(Event).where(Event.kind == SETTLES).order_by(Event.id)).all()
    assert len(weighed) == len(seen)
    for said, known in zip(weighed, seen, strict=True):
        assert set(said.facts["among"]) <= known
    left = told - (set(weighed[-1].facts["among"]) if weighed else set())
    is_open = open_case(service) is not None
    assert (order(service).contested_count is not None) is is_open
    assert is_open or not left
    if is_open:
        settle(service, seen)
    assert order(service).contested_count is None


def test_two_orders_of_one_payment_are_told_and_decided_at_once_without_a_deadlock(service):
    take(service, paid("o-1"), refund("r-0", 1_000), refund("r-1", 2_000))
    start = Barrier(3)

    def tells(order_id):
        start.wait()
        for each in range(EACH):
            facts = {"paid_fen": 20_000, "transaction_id": f"T-{each}"}
            take(
                service,
                SentEvent(f"p-{order_id}-{each}", "order.paid", "shop:shop-1", "shop-1", order_id, START, facts),
            )
            take(service, refund(f"r-{order_id}-{each}", 5_000 + each, order_id))

    def settles():
        start.wait()
        for _ in range(2 * EACH):
            try:
                decide(service, [])
            except Conflict:
                continue

    with ThreadPoolExecutor(3) as pool:
        for each in [pool.submit(tells, "o-1"), pool.submit(tells, "o-2"), pool.submit(settles)]:
            each.result()

    with service.parts.db.read() as session:
        told = session.scalar(select(func.count()).select_from(Event).where(Event.kind != SETTLES))
    assert told == 3 + 4 * EACH


def test_two_shops_that_tell_of_an_order_at_once_are_always_seen_beside_each_other(service):
    def tells(start, shop, order_id):
        facts = {"paid_fen": 20_000, "transaction_id": f"T-{order_id}"}
        start.wait()
        take(service, SentEvent(f"p-{shop}-{order_id}", "order.paid", f"shop:{shop}", shop, order_id, START, facts))

    for number in range(6):
        start = Barrier(3)
        with ThreadPoolExecutor(3) as pool:
            for each in [pool.submit(tells, start, f"shop-{shop}", f"both-{number}") for shop in range(3)]:
                each.result()

    with service.parts.db.read() as session:
        found = session.execute(select(Order.subject, Order.contested_count)).all()
        cases = session.scalars(select(Case.subject).where(Case.natural_key.contains("|S8-16k|"), Case.state == "open"))
        assert len(found) == 18
        assert {count for _, count in found} == {1}
        assert sorted(cases) == [f"both-{number}" for number in range(6)]
