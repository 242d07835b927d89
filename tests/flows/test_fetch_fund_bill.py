"""The fund bill is fetched every morning: whole, genuine and of its day, or not matched at all."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from app import queue
from app.errors import AppError, InvalidInput
from app.flows.dead_letters import ALL, dead_letters
from app.flows.fetch_fund_bill import FETCH_FUND_BILL, fetch_fund_bill, match_fund_bill, plan_fund_bill
from app.models import AuditRow, BillFile, QueueRow
from app.money import differences as found
from app.money.channels.wechat_pay import open_channel
from app.values.china_days import day_of
from app.wechat.errors import PlatformBusy
from app.wechat.pay_bills import unpacked
from tests.flows.test_matching import bill_of
from tests.money import CAI, Fund
from tests.pay_platform import pay_platform, wechat_settings


@pytest.fixture
def billed(database, tmp_path):
    """A fund that paid one claim through the platform, on the morning after."""
    fund = Fund(database, tmp_path)
    fund.channel.name = "wechat_pay"
    fund.open()
    fund.pay()
    with pay_platform(fund.clock(), tmp_path) as (platform, channel):
        fund.parts = replace(fund.parts, channel=channel)
        fund.paid_on = day_of(fund.clock())
        [fund.number] = fund.channel.paid
        fund.morning = platform.now = fund.clock.advance(days=1)
        yield fund, platform


def bill(fund, *flows, hours=-24):
    return bill_of(fund.morning + timedelta(hours=hours), *flows)


def match(fund, day=None):
    return match_fund_bill(fund.parts, day or fund.paid_on, caller=CAI, now=fund.clock())


def differences(fund):
    with fund.parts.db.read() as session:
        return [(row.kind, row.amount_fen) for row in found.open_differences(session)]


def claimed(fund):
    now = fund.clock()
    claims = fund.parts.db.write(lambda session: queue.claim(session, worker="t", now=now, limit=50))
    return [claim for claim in claims if claim.kind == FETCH_FUND_BILL]


def test_the_bill_is_fetched_packed_checked_and_matched_once(billed):
    fund, platform = billed
    platform.bill = bill(fund, ("f-1", fund.number, "10.00"), ("f-2", "stranger", "3.00"))

    first, again = match(fund), match(fund)

    assert (first.lines, first.matched, first.missing, first.is_new) == (2, 1, 0, True)
    assert not again.is_new
    assert platform.billed == [f"bill_date={fund.paid_on}&account_type=BASIC&tar_type=GZIP"] * 2
    assert differences(fund) == [("unknown", 300)]
    assert fund.books()["suspense"] == 300
    assert "in_transit" not in fund.books()
    assert fund.findings() == []


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda platform: setattr(platform, "bill_hash", "0" * 40), "hash_value: the bill's SHA-1"),
        (lambda platform: setattr(platform, "packing", lambda data: data), "is no gzip"),
        (lambda platform: setattr(platform, "packing", lambda data: gzip.compress(data)[:-9]), "cut off"),
    ],
    ids=["another digest", "not packed", "cut off"],
)
def test_a_bill_that_is_not_the_one_described_is_not_matched(billed, spoil, problem):
    fund, platform = billed
    platform.bill = bill(fund, ("f-1", fund.number, "10.00"))
    spoil(platform)

    with pytest.raises(InvalidInput) as refused:
        match(fund)

    [found] = refused.value.problems
    assert problem in f"{found.field}: {found.problem}"
    with fund.parts.db.read() as session:
        assert session.scalars(select(BillFile)).all() == []
    assert fund.books()["in_transit"] == 1_000


def test_a_bill_of_another_day_is_not_matched(billed):
    fund, platform = billed
    platform.bill = bill(fund, ("f-1", fund.number, "10.00"))

    with pytest.raises(InvalidInput, match="日期"):
        match(fund, fund.paid_on + timedelta(days=1))


def test_a_small_file_that_unpacks_to_very_much_is_refused_before_it_is_unpacked():
    bomb = gzip.compress(b"0" * 50_000_000)

    with pytest.raises(InvalidInput):
        unpacked(bomb, max_bytes=1_000_000)
    assert unpacked(gzip.compress(b"one ") + gzip.compress(b"two"), max_bytes=7) == b"one two"


def test_on_a_day_without_any_movement_what_should_have_been_shown_is_missing(billed):
    fund, platform = billed
    platform.bill = None
    platform.now = fund.clock.advance(days=2)

    assert match(fund, fund.paid_on) is None
    assert differences(fund) == [], "a payout near midnight may stand in the next day's bill"
    assert match(fund, fund.paid_on + timedelta(days=2)) is None
    assert differences(fund) == [("missing", 1_000)]
    with fund.parts.db.read() as session:
        audited = session.scalars(select(AuditRow.object_id).where(AuditRow.action == "bill.empty")).all()
    assert len(audited) == 2


def test_yesterdays_bill_is_fetched_every_morning_and_a_wrong_one_becomes_a_dead_letter(billed):
    fund, platform = billed
    platform.bill = bill(fund, ("f-1", fund.number, "10.00"))

    planned = [plan_fund_bill(fund.parts, now=fund.clock()) for _ in range(2)]
    [claim] = claimed(fund)
    fetch_fund_bill(fund.parts, claim, now=fund.clock())
    with fund.parts.db.read() as session:
        [row] = session.scalars(select(QueueRow).where(QueueRow.kind == FETCH_FUND_BILL)).all()
        assert (planned, row.state, row.payload["asked"]) == ([True, False], "done", {"day": str(fund.paid_on)})

    platform.bill_hash = "0" * 40
    platform.now = fund.clock.advance(days=1)
    plan_fund_bill(fund.parts, now=fund.clock())
    for _ in range(12):
        platform.now = fund.clock.advance(hours=2)
        [claim] = claimed(fund)
        with pytest.raises(InvalidInput):
            fetch_fund_bill(fund.parts, claim, now=fund.clock())
        again = {"error": "wrong", "due_at": fund.clock(), "now": fund.clock()}
        fund.parts.db.write(lambda session, claim=claim, again=again: queue.retry(session, claim, **again))
    with fund.parts.db.read() as session:
        letters = [letter for letter in dead_letters(session, kinds=ALL) if letter["kind"] == FETCH_FUND_BILL]
    assert [(letter["what"], letter["account"], letter["asked"]) for letter in letters] == [
        ("fund_bill", "1900000109", {"day": str(fund.paid_on + timedelta(days=1))})
    ]


def test_a_platform_that_is_busy_is_asked_again_later(billed):
    fund, platform = billed
    platform.bill_trouble = (500, json.dumps({"code": "SYSTEM_ERROR"}).encode())

    with pytest.raises(PlatformBusy):
        match(fund)


def test_a_channel_without_bills_says_so_and_plans_none(database, tmp_path):
    fund = Fund(database, tmp_path)

    assert plan_fund_bill(fund.parts, now=fund.clock()) is False
    with pytest.raises(AppError, match="不提供"):
        match_fund_bill(fund.parts, day_of(fund.clock()), caller=CAI, now=fund.clock())


def test_the_account_whose_bill_is_matched_is_a_setting(billed, tmp_path):
    fund, platform = billed
    settings = wechat_settings(platform.url, tmp_path).model_copy(update={"payout_wechat_bill_account": "OPERATION"})
    platform.bill = bill(fund, ("f-1", fund.number, "10.00"))

    open_channel(settings).fund_bill(fund.paid_on, now=fund.clock())

    assert "account_type=OPERATION" in platform.billed[0]
