"""Daily matching: what bill and ledger agree about is settled, the rest stands in suspense and ages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.errors import Conflict, InvalidInput
from app.flows.match_bill import match_bill, resolve_difference
from app.money import differences as found
from app.money.bills import fen_of, read_bill
from app.values.china_days import CHINA
from tests.money import CAI, FUND_FEN, Fund
from tests.service import START

HEAD = (
    "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),"
    "账户结余(元),资金变更提交申请人,备注,业务凭证号"
)


def bill_of(at, *flows, count=None):
    """A bill as the platform writes it; a flow is (number, reference, yuan); yuan with a plus is money that came."""
    when = at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")
    rows = [
        ",".join(
            f"`{cell}"
            for cell in (when, f"b-{no}", no, kind, kind, way, yuan.removeprefix("+"), "9.00", "api", "", reference)
        )
        for no, reference, yuan in flows
        for way, kind in [("收入", "充值") if yuan.startswith("+") else ("支出", "赔付")]
    ]
    came = [fen_of(yuan[1:]) for _, _, yuan in flows if yuan.startswith("+")]
    left = [fen_of(yuan) for _, _, yuan in flows if not yuan.startswith("+")]
    sums = [f"{len(fens)},`{sum(fens) // 100}.{sum(fens) % 100:02}" for fens in (came, left)]
    said = f"`{len(flows) if count is None else count},`{sums[0]},`{sums[1]}"
    totals = "资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额"
    return "\r\n".join(["\ufeff" + HEAD, *rows, totals, said, ""]).encode()


@pytest.fixture
def fund(database, tmp_path):
    fund = Fund(database, tmp_path)
    fund.channel.name = "wechat_pay"
    fund.open()
    fund.pay()
    return fund


def match(fund, *flows, hours=0):
    data = bill_of(fund.clock() + timedelta(hours=hours), *flows)
    return match_bill(fund.parts, data, channel="wechat_pay", caller=CAI, now=fund.clock())


def number_of(fund):
    [number] = fund.channel.paid
    return number


def differences(fund):
    with fund.parts.db.read() as session:
        return [(row.kind, row.amount_fen) for row in found.open_differences(session)]


def test_what_a_bill_shows_is_no_longer_owed_nor_in_transit(fund):
    done = match(fund, ("f-1", number_of(fund), "10.00"))

    assert (done.matched, done.missing) == (1, 0)
    assert fund.books() == {"capital": FUND_FEN, "fund": FUND_FEN - 1_000, "recoverable:shop-1": 1_000}
    assert fund.findings() == []


def test_a_bill_is_imported_once(fund):
    flow = ("f-1", number_of(fund), "10.00")
    match(fund, flow)

    assert match(fund, flow).is_new is False
    assert match(fund, flow, ("f-2", "", "1.00")).matched == 0
    assert differences(fund) == [("unknown", 100)]


def test_money_that_left_without_an_order_stands_in_suspense(fund):
    match(fund, ("f-1", number_of(fund), "10.00"), ("f-2", "stranger", "3.00"))

    assert differences(fund) == [("unknown", 300)]
    assert fund.books()["suspense"] == 300
    assert fund.findings() == []


def test_a_line_of_no_amount_moves_nothing(fund):
    match(fund, ("f-1", number_of(fund), "10.00"), ("f-2", "stranger", "0.00"))

    assert differences(fund) == []


def test_an_order_that_a_bill_shows_twice_left_twice_and_settles_nobody_elses(fund):
    fund.open(order_id="order-2")
    fund.pay()
    first, second = fund.channel.paid
    match(fund, ("f-1", first, "10.00"), ("f-2", first, "10.00"))
    match(fund, ("f-3", first, "10.00"))

    assert differences(fund) == [("paid_twice", 1_000), ("paid_twice", 1_000)]
    assert fund.books()["suspense"] == 2_000
    assert fund.books()["payable"] == fund.books()["in_transit"] == 1_000

    match(fund, ("f-4", second, "10.00"))
    assert "payable" not in fund.books()
    assert fund.findings() == []


@pytest.mark.parametrize(("yuan", "fund_fen"), [("12.00", FUND_FEN - 1_200), ("8.00", FUND_FEN - 1_000)])
def test_another_amount_is_a_difference_of_exactly_that_much(fund, yuan, fund_fen):
    match(fund, ("f-1", number_of(fund), yuan))

    assert differences(fund) == [("amount", 200)]
    assert fund.books()["suspense"] == 200
    assert fund.books()["fund"] == fund_fen


def test_an_order_that_no_bill_shows_is_missing_after_a_day_of_grace_until_a_later_bill_shows_it(fund):
    match(fund, ("f-0", "x", "0.01"))
    assert ("missing", 1_000) not in differences(fund)

    fund.clock.advance(hours=48)
    match(fund, ("f-1", "x", "0.01"))
    assert ("missing", 1_000) in differences(fund)
    assert "in_transit" not in fund.books()

    match(fund, ("f-2", number_of(fund), "10.00"))
    assert ("missing", 1_000) not in differences(fund)
    assert "payable" not in fund.books()
    assert fund.findings() == []


def test_a_difference_is_explained_once_with_a_reason_and_ages_until_then(fund):
    match(fund, ("f-1", number_of(fund), "10.00"), ("f-2", "stranger", "3.00"))
    fund.clock.advance(days=8)
    with fund.parts.db.read() as session:
        [row] = found.open_differences(session)
        ages = found.ages(session, now=fund.clock())
    resolve_difference(fund.parts, row.id, how="loss", reason="手续费", caller=CAI, now=fund.clock())

    assert ages == {"≤ 1 天": (0, 0), "≤ 7 天": (0, 0), "≤ 30 天": (1, 300), "> 30 天": (0, 0)}
    assert fund.books()["loss:reconciliation"] == 300
    assert "suspense" not in fund.books()
    with pytest.raises(Conflict, match="officer:cai"):
        resolve_difference(fund.parts, row.id, how="loss", reason="x", caller=CAI, now=fund.clock())


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xfe",
        b"",
        b"a,b,c\n1,2,3\n",
        bill_of(START, ("f", "x", "1.00"), count=2),
        bill_of(START, ("f", "x", "1.00")).replace(b"`1.00", b"`one"),
    ],
    ids=["no text", "empty", "another file", "cut off", "no amount"],
)
def test_a_bill_that_cannot_be_read_whole_is_refused_whole(data):
    with pytest.raises(InvalidInput) as refused:
        read_bill(data)

    assert refused.value.problems


@pytest.mark.parametrize(
    ("yuan", "fen"), [("0.01", 1), ("1", 100), ("1.5", 150), ("12.34", 1234), ("1.234", None), ("-1", None), ("", None)]
)
def test_yuan_are_read_exactly(yuan, fen):
    assert fen_of(yuan) == fen
