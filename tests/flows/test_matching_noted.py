"""Money that people note is held against the bill line by line, whichever of the two comes first."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.errors import Conflict, InvalidInput
from app.flows.match_bill import match_bill, note_quiet_day, resolve_difference
from app.flows.move_fund import correct, deposit_back, deposit_in, fund_in, fund_out
from app.money import differences
from app.values.china_days import day_of
from tests.flows.test_matching import bill_of
from tests.money import CAI, FUND_FEN, LIN, Fund


@pytest.fixture
def fund(database, tmp_path):
    """A fund whose bills are kept both ways since yesterday."""
    fund = Fund(database, tmp_path)
    fund.channel.name = "wechat_pay"
    fund.clock.advance(days=2)
    match(fund, ("f-0", "", "+0.01"))
    resolve(fund, "returned")
    return fund


def match(fund, *flows, hours=0):
    data = bill_of(fund.clock() + timedelta(hours=hours), *flows)
    return match_bill(fund.parts, data, channel="wechat_pay", caller=CAI, now=fund.clock())


def quiet(fund):
    day = day_of(fund.clock())
    return note_quiet_day(fund.parts, channel="wechat_pay", day=day, caller=CAI, now=fund.clock())


def put(fund, number="t-1", fen=500):
    return fund_in(fund.parts, transfer_id=number, amount_fen=fen, note="n", caller=LIN, now=fund.clock())


def open_(fund):
    with fund.parts.db.read() as session:
        return [(row.kind, row.amount_fen) for row in differences.open_differences(session)]


def resolve(fund, how):
    with fund.parts.db.read() as session:
        [row] = differences.open_differences(session)
    return resolve_difference(fund.parts, row.id, how=how, reason="已查明", caller=CAI, now=fund.clock())


def books(fund):
    """What is not zero, the fund as what was added to it."""
    held = fund.books()
    return {name: fen - (FUND_FEN if name in {"fund", "capital"} else 0) for name, fen in held.items()} | (
        {} if fund.findings() == [] else {"findings": fund.findings()}
    )


def nothing_open(fund, /, **moved):
    assert open_(fund) == []
    assert {name: fen for name, fen in books(fund).items() if fen} == moved


@pytest.mark.parametrize(
    "line",
    [("t-1", "", "+5.00"), ("f-1", "t-1", "+5.00"), ("f-1", "other", "+5.00")],
    ids=["flow", "voucher", "amount"],
)
def test_money_that_came_is_explained_by_the_entry_of_its_number_or_of_its_amount(fund, line):
    put(fund)

    assert match(fund, line).matched == 1
    nothing_open(fund, fund=500, capital=500)


def test_money_that_came_without_an_entry_is_not_the_funds_until_somebody_says_so(fund):
    match(fund, ("f-1", "", "+5.00"))

    assert open_(fund) == [("unknown_in", 500)]
    assert books(fund) == {"capital": 0, "fund": 0, "suspense": -500, "unclaimed": 500}
    with pytest.raises(InvalidInput):
        resolve(fund, "loss")
    resolve(fund, "fund")
    nothing_open(fund, fund=500, capital=500)


def test_an_entry_that_is_made_later_explains_money_that_came_before(fund):
    match(fund, ("f-1", "", "+5.00"))
    fund.clock.advance(days=1)
    put(fund, "f-1")
    quiet(fund)

    nothing_open(fund, fund=500, capital=500)


def test_an_entry_that_no_bill_shows_is_missing_after_three_days_until_a_later_bill_shows_it(fund):
    put(fund)
    fund.clock.advance(days=2)
    quiet(fund)
    assert open_(fund) == []

    fund.clock.advance(days=1)
    assert quiet(fund) == 1
    assert quiet(fund) == 0
    assert open_(fund) == [("missing_in", 500)]
    assert books(fund) == {"capital": 500, "fund": 0, "suspense": 500}

    match(fund, ("t-1", "", "+5.00"))
    nothing_open(fund, fund=500, capital=500)


def test_an_entry_that_was_undone_is_missed_no_longer(fund):
    posting = put(fund)
    fund.clock.advance(days=5)
    quiet(fund)
    correct(fund.parts, posting.id, reason="重复登记", caller=LIN, now=fund.clock())
    quiet(fund)

    nothing_open(fund)


def test_money_the_account_no_longer_has_is_missed_without_being_moved(fund):
    deposit = {"shop_id": "shop-1", "amount_fen": 700, "note": "n", "caller": LIN}
    deposit_in(fund.parts, transfer_id="d-1", now=fund.clock(), **deposit)
    match(fund, ("d-2", "", "7.00"))
    resolve(fund, "fund")
    deposit_back(fund.parts, transfer_id="d-2", now=fund.clock(), **deposit)
    fund.clock.advance(days=5)
    quiet(fund)

    assert ("missing_in", 700) in open_(fund)
    assert "deposit_held" not in books(fund)
    assert fund.findings() == []


@pytest.mark.parametrize(
    ("yuan", "kind", "held"),
    [
        ("+6.00", "over_in", {"fund": 500, "unclaimed": 100, "suspense": -100}),
        ("+4.00", "short_in", {"fund": 400, "suspense": 100}),
    ],
)
def test_another_amount_under_the_same_number_is_a_difference_of_exactly_that_much(fund, yuan, kind, held):
    put(fund)
    match(fund, ("t-1", "", yuan))

    assert open_(fund) == [(kind, 100)]
    assert books(fund) == {"capital": 500} | held


def test_money_taken_out_is_explained_by_its_entry_and_by_no_suspense(fund):
    fund_out(fund.parts, transfer_id="o-1", amount_fen=300, note="n", caller=LIN, now=fund.clock())
    assert match(fund, ("o-1", "", "3.00")).matched == 1

    nothing_open(fund, fund=-300, capital=-300)


def test_money_that_left_before_somebody_noted_it_is_in_suspense_only_until_then(fund):
    match(fund, ("f-9", "", "3.00"))
    assert open_(fund) == [("unknown", 300)]
    fund_out(fund.parts, transfer_id="f-9", amount_fen=300, note="n", caller=LIN, now=fund.clock())
    quiet(fund)

    nothing_open(fund, fund=-300, capital=-300)


def test_money_said_to_have_left_and_shown_by_no_bill_is_still_there_unclaimed(fund):
    fund_out(fund.parts, transfer_id="o-1", amount_fen=300, note="n", caller=LIN, now=fund.clock())
    fund.clock.advance(days=5)
    quiet(fund)
    assert open_(fund) == [("missing_out", 300)]

    resolve(fund, "fund")
    nothing_open(fund)


def test_one_entry_explains_one_line(fund):
    put(fund)
    match(fund, ("f-1", "", "+5.00"), ("f-2", "", "+5.00"))

    assert open_(fund) == [("unknown_in", 500)]


def test_entries_before_bills_were_kept_both_ways_are_not_missed(fund):
    fund.clock.advance(days=20)
    quiet(fund)

    assert open_(fund) == []  # the opening money was put in before


def test_lines_of_other_business_are_summed_and_left_alone(fund):
    others = fund.parts.settings.model_copy(update={"fund_bill_other_kinds": "交易， 充值"})
    fund.parts = replace(fund.parts, settings=others)
    match(fund, ("f-1", "", "+5.00"))

    nothing_open(fund)


@pytest.fixture
def paid(fund):
    """A claim that was paid and shown."""
    fund.open()
    fund.pay()
    [number] = fund.channel.paid
    match(fund, ("f-1", number, "10.00"))
    return fund, number


def test_a_payout_that_came_back_is_owed_again(paid):
    fund, number = paid
    match(fund, ("f-2", number, "+10.00"))
    assert open_(fund) == [("payout_returned", 1_000)]
    assert "payable" not in books(fund)

    resolve(fund, "fund")
    assert books(fund) == {"capital": 0, "fund": 0, "payable": 1_000, "recoverable:shop-1": 1_000}

    match(fund, ("f-3", "", "10.00"))
    resolve(fund, "payable")
    assert books(fund) == {"capital": 0, "fund": -1_000, "recoverable:shop-1": 1_000}
    assert fund.findings() == []


def test_what_left_twice_and_came_back_once_is_explained_by_that(paid):
    fund, number = paid
    match(fund, ("f-2", number, "10.00"))
    assert open_(fund) == [("paid_twice", 1_000)]
    match(fund, ("f-3", number, "+10.00"))

    nothing_open(fund, fund=-1_000, **{"recoverable:shop-1": 1_000})


def test_a_difference_is_paid_out_of_nothing(fund):
    match(fund, ("f-1", "", "3.00"))

    with pytest.raises(Conflict, match="余额不足"):
        resolve(fund, "payable")  # nobody is owed anything
