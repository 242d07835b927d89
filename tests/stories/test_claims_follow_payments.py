"""A claim is paid by what was paid: where that is another sum after all, it is worked out anew and looked at."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.events.stored import SentEvent
from app.flows.decide_claim import approve_claim
from app.flows.open_claims import open_for_buyer
from app.flows.take_event import take_event
from app.models import OrderCompensation
from tests.money import CAI, LIN, Fund
from tests.service import START
from tests.tellings import settle


@pytest.fixture
def fund(database, judge, tmp_path):
    return Fund(database, tmp_path, judge=judge)


def ask(fund, paid_fen, cause="false_advertising"):
    about = {"shop_id": "shop-1", "order_id": "o-1", "cause": cause, "paid_fen": paid_fen, "amount_fen": 500}
    return open_for_buyer(fund.parts, **about, reason="与宣传不符", caller=CAI, now=fund.clock()).claim


def pay_order(fund, number, paid_fen):
    facts = {"paid_fen": paid_fen, "transaction_id": "4200001"}
    at = START + timedelta(minutes=number)
    sent = SentEvent(f"p-{number}", "order.paid", "channels:main", "shop-1", "o-1", at, facts)
    assert take_event(fund.parts, sent, actor="test", now=fund.clock()).status == "accepted"


def cap(fund):
    with fund.parts.db.read() as session:
        return session.scalars(select(OrderCompensation.cap_fen)).one()


@pytest.mark.parametrize(("right", "amount_fen"), [(30_000, 90_000), (90_000, 270_000)], ids=["less", "more"])
def test_a_settled_payment_works_a_buyers_claim_out_anew_and_a_person_looks_again(fund, right, amount_fen):
    pay_order(fund, 0, 60_000)
    claim = ask(fund, 60_000)
    assert claim.amount_fen == 180_000
    before = cap(fund)
    pay_order(fund, 1, right)

    settle(fund.parts, "p-1", by=(LIN, CAI), now=fund.clock())

    now = fund.claim(claim)
    assert (now.paid_fen, now.amount_fen, now.state, now.needs_person) == (right, amount_fen, "assessed", True)
    assert "amount" in now.waits_for
    assert cap(fund) * 60_000 == before * right


def test_a_claim_about_a_part_of_the_payment_stays_as_it_is(fund):
    pay_order(fund, 0, 60_000)
    claim = ask(fund, 20_000)
    pay_order(fund, 1, 50_000)

    settle(fund.parts, "p-1", by=(LIN, CAI), now=fund.clock())

    assert (fund.claim(claim).paid_fen, fund.claim(claim).amount_fen) == (20_000, 60_000)


def test_an_approved_claim_by_more_than_was_paid_is_not_paid_before_a_person_looks_again(fund):
    claim = ask(fund, 60_000, cause="late_dispatch")
    approve_claim(fund.parts, claim.id, reason="属实", caller=LIN, now=fund.clock())
    pay_order(fund, 0, 30_000)

    fund.pay()

    assert fund.channel.paid == {}
    now = fund.claim(claim)
    assert (now.state, now.paid_fen, "amount" in now.waits_for, now.needs_person) == ("assessed", 30_000, True, True)
    approve_claim(fund.parts, claim.id, reason="按实付复核", caller=LIN, now=fund.clock())
    fund.pay()
    assert fund.claim(claim).state == "recovering"
    assert fund.findings() == []
