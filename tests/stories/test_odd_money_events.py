"""A stranger's money events: odd order, amounts at borders, the same told twice at once; nothing passes in silence."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.events.stored import SentEvent
from app.flows.take_event import take_events
from app.models import Case, Claim, Event, Order, OrderCompensation, Payout
from tests.money import Fund
from tests.service import START

PAID_FEN = 20_000
BORDERS = (0, 1, 100, PAID_FEN - 1, PAID_FEN, PAID_FEN + 1)
ORDERS = ("o-1", "o-2")


def told(chance, number):
    """One event about one of the orders; what of it has to agree is its ``said``."""
    order = chance.choice(ORDERS)
    hours = chance.choice((0, 0, 0.25, 5, 30))
    kind, subject, data = chance.choice(
        [
            (
                "refund.finished",
                f"R-{order}-{chance.randint(1, 2)}",
                {"result": "success", "amount_fen": chance.choice(BORDERS)},
            ),
            ("order.deliver", order, {"waybill_id": f"W-{order}"}),
            ("order.confirm", order, {}),
            ("order.cancel", order, {"cancel_type": chance.choice(("buyer", "oversold"))}),
            (
                "guarantee.update",
                f"G-{order}",
                {"type": "fake", "status": "paid", "amount_fen": chance.choice(BORDERS)},
            ),
            (
                "split.return",
                f"S-{order}",
                {"out_return_no": "B-1", "result": "success", "amount_fen": chance.choice(BORDERS)},
            ),
            ("aftersale.update", f"A-{order}", {"status": chance.choice(("opened", "refunding"))}),
        ]
    )
    at = START - timedelta(days=3) + timedelta(hours=hours)
    return SentEvent(f"e-{number}", kind, "shop:shop-1", "shop-1", subject, at, data | {"order_id": order})


def expected(events):
    """By order: what is refunded by the first telling of each refund, and how many things were told otherwise."""
    day = timedelta(days=1)
    timed = {"refund.finished": day, "order.deliver": timedelta(hours=1), "order.confirm": day, "order.cancel": day}
    first, refunded, against = {}, dict.fromkeys(ORDERS, None), {order: set() for order in ORDERS}
    for each in events:
        order = each.facts["order_id"]
        said = {name: value for name, value in each.facts.items() if name != "status"}
        thing = (each.kind, each.subject)
        if thing not in first:
            first[thing] = (said, each.occurred_at)
            if each.kind == "refund.finished":
                refunded[order] = (refunded[order] or 0) + said["amount_fen"]
            continue
        before, at = first[thing]
        if before != said or abs(each.occurred_at - at) > timed.get(each.kind, timedelta.max):
            against[order].add(thing)
    return refunded, against


@pytest.mark.parametrize("seed", range(8))
def test_no_sequence_pays_twice_unbalances_the_books_or_contradicts_itself_in_silence(database, judge, tmp_path, seed):
    chance, fund = random.Random(seed), Fund(database, tmp_path, judge=judge)
    paid = {"paid_fen": PAID_FEN}
    events = [
        SentEvent(f"p-{order}", "order.paid", "shop:shop-1", "shop-1", order, START - timedelta(days=4), paid)
        for order in ORDERS
    ]
    events += [told(chance, number) for number in range(24)]
    refunded, against = expected(events[len(ORDERS) :])

    with ThreadPoolExecutor(2) as pool:
        for batch in batches(chance, events):
            both = pool.map(lambda some: send(fund, some), [batch, batch])
            assert sorted(status for each in both for status in each) == expected_of(batch)
    for order in ORDERS:
        fund.open(order_id=order, amount_fen=1_000)
        fund.open(order_id=order, amount_fen=PAID_FEN, cause="overdue_refund")
    fund.pay()

    assert fund.findings() == []
    with fund.parts.db.read() as session:
        assert session.scalar(select(func.count()).select_from(Event)) == len(events)
        rows = {row.subject: row for row in session.scalars(select(Order))}
        assert {name: row.refunded_fen for name, row in rows.items()} == refunded
        assert {name: row.contested_count is not None for name, row in rows.items()} == {
            name: bool(things) for name, things in against.items()
        }
        cases = session.scalars(select(Case).where(Case.natural_key.contains("|S8-16i|"), Case.state == "open")).all()
        assert {each.subject for each in cases} == {subject for things in against.values() for _, subject in things}
        caps = session.scalars(select(OrderCompensation)).all()
        assert all(each.granted_fen <= each.cap_fen for each in caps)
        owed = {claim.id: claim for claim in session.scalars(select(Claim))}
        payouts = session.scalars(select(Payout)).all()
        assert len({each.claim_id for each in payouts}) == len(payouts)
        assert not [each for each in payouts if against[owed[each.claim_id].order_id]]


def batches(chance, events):
    left = list(events)
    while left:
        size = chance.randint(1, 5)
        yield left[:size]
        left = left[size:]


def send(fund, some):
    return [each.status for each in take_events(fund.parts, some, actor="test", now=fund.clock())]


def expected_of(batch):
    """Told twice at once, each is taken by one of the two and known to the other."""
    return ["accepted"] * len(batch) + ["duplicate"] * len(batch)
