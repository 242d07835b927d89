"""Profit sharing is checked before it is asked for, and the platform's notices are held against what was asked."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import select

from app import queue
from app.errors import AppError, InvalidInput
from app.events.provider import Received
from app.events.stored import SentEvent
from app.flows.dead_letters import ALL, dead_letters
from app.flows.fetch_bills import FETCH_BILL, fetch_bill, plan_bills
from app.flows.reconcile_split_bill import reconcile_split_bill
from app.flows.take_event import take_events
from app.models import EventDecision, QueueRow, Split
from app.money.split_bill import read_split_bill
from tests.peers import answering
from tests.service import START
from tests.stories.test_inbound import TRANSACTION, send, shop, sqlite_shop  # noqa: F401 - fixtures
from tests.wechat import pay_notice
from tests.working import work

RECEIVER = {"type": "MERCHANT_ID", "account": "86693852", "amount_fen": 888, "relation": "SERVICE_PROVIDER"}
ASKED = {"shop_id": "shop-7", "out_order_no": "P1", "transaction_id": TRANSACTION, "receivers": [RECEIVER]}


def take(service, kind, subject, at=START - timedelta(hours=1), **facts):
    event = SentEvent(f"{kind}:{subject}:{facts}"[:200], kind, "test", "shop-7", subject, at, facts)
    [told] = take_events(service.parts, [event], actor="test", now=START)
    assert told.status == "accepted", told.problems
    return told


def paid(service, **facts):
    take(service, "order.paid", "order-1", **{"paid_fen": 10_000, "transaction_id": TRANSACTION} | facts)


def asked_for(service, number, *receivers, at=START - timedelta(minutes=30)):
    each = {"relation": "SERVICE_PROVIDER", "name_encrypted": True}
    take(service, "split.request", number, at=at, transaction_id=TRANSACTION, receivers=[each | r for r in receivers],
         unsplit_fen=10_000, max_ratio_bp=3000)  # fmt: skip


def check(service, **changed):
    answer = service.client("money").post("/v1/profit-sharing/check", json=ASKED | {"max_ratio_bp": 3000} | changed)
    assert answer.status_code == 200, answer.get_json()
    said = answer.get_json()
    return said["decision"], sorted(firing["rule"] for firing in said["firings"]), said["facts"]


def test_a_split_within_all_limits_passes_and_nothing_is_stored(shop):  # noqa: F811
    service, _ = shop
    paid(service)

    assert check(service)[:2] == ("pass", [])
    with service.parts.db.read() as session:
        assert session.scalars(select(Split)).all() == []


@pytest.mark.parametrize(
    ("changed", "decision", "rules"),
    [
        ({"receivers": [RECEIVER | {"amount_fen": 3001}]}, "block", ["S7-22", "S8-11d", "S8-11e", "S8-11f"]),
        ({"receivers": [RECEIVER | {"relation": ""}]}, "block", ["S8-12b"]),
        (
            {"receivers": [RECEIVER | {"type": "PERSONAL_OPENID", "name_encrypted": False}]},
            "block",
            ["S8-12c", "S8-12f"],
        ),
        ({"out_order_no": "P 1"}, "block", ["S8-12d"]),
        ({"open_claim_count": 1}, "hold", ["S8-13b"]),
        ({"unsplit_fen": 887}, "block", ["S8-11c"]),
        ({"transaction_id": "of no order"}, "review", ["S8-11c", "S8-11f", "S8-13a"]),
        ({"ask_platform": True}, "review", ["S8-11c"]),  # a merchant's own account was asked, and did not answer
    ],
)
def test_a_split_beyond_a_limit_is_told_which(sqlite_shop, changed, decision, rules):  # noqa: F811
    service, platform = sqlite_shop
    paid(service)
    platform.trouble = [platform.says({"code": "SYSTEM_ERROR"}, 500)]

    assert check(service, **changed)[:2] == (decision, rules)


def test_earlier_splits_of_the_payment_and_of_the_person_are_counted(shop):  # noqa: F811
    service, _ = shop
    person = {"type": "PERSONAL_OPENID", "account": "oA", "amount_fen": 1000}
    paid(service)
    asked_for(service, "P0", person)
    asked_for(service, "P9", person | {"amount_fen": 500}, at=START - timedelta(days=31))

    decision, rules, facts = check(service, receivers=[RECEIVER, RECEIVER | person])

    assert (facts["request_count"], facts["shared_fen"], facts["unsplit_fen"]) == (2, 1500, 8500)
    assert facts["past.person_split_count"] == 2
    assert (decision, rules) == ("block", ["S8-11e", "S8-11g"])


def test_the_platform_is_asked_for_what_is_left_and_its_word_counts(sqlite_shop):  # noqa: F811
    service, platform = sqlite_shop
    paid(service)
    platform.others[f"/v3/profitsharing/transactions/{TRANSACTION}/amounts"] = {"unsplit_amount": 500}

    decision, rules, facts = check(service, ask_platform=True)

    assert (decision, rules, facts["unsplit_fen"]) == ("block", ["S8-11c"], 500)


@pytest.mark.parametrize(("amount", "decision", "rules"), [(888, None, []), (887, "hold", ["S8-20a"])])
def test_a_notice_is_held_against_the_request_and_the_whole_split_is_looked_up(sqlite_shop, amount, decision, rules):  # noqa: F811
    service, platform = sqlite_shop
    paid(service)
    asked_for(service, "P1", {"type": "MERCHANT_ID", "account": "86693852", "amount_fen": 888})
    receiver = {"type": "MERCHANT_ID", "account": "86693852", "amount": amount, "description": "分给商户A"}
    content = {
        "mchid": "1900000109",
        "transaction_id": TRANSACTION,
        "order_id": "3008",
        "out_order_no": "P1",
        "receiver": receiver,
        "success_time": "2026-11-23T17:59:58+08:00",
    }
    failed = {"type": "MERCHANT_ID", "account": "1900000110", "amount": 100, "result": "CLOSED"}
    platform.others["/v3/profitsharing/orders/P1"] = {
        "transaction_id": TRANSACTION,
        "out_order_no": "P1",
        "order_id": "3008",
        "state": "FINISHED",
        "receivers": [
            receiver | {"result": "SUCCESS", "finish_time": "2026-11-23T17:59:58.120+08:00"},
            failed | {"fail_reason": "NO_RELATION", "finish_time": "2026-11-23T17:59:59.120+08:00"},
        ],
    }
    headers, body = pay_notice(content, original_type="profitsharing", now=START, summary="分账")

    send(service, "wechatpay", Received(headers, {}, body))
    work(service)

    with service.parts.db.read() as session:
        said = {each.kind: each for each in session.scalars(select(EventDecision).where(EventDecision.is_current))}
        split = session.scalars(select(Split)).one()
    noticed = said.get("split.reconcile")  # what passes is not kept
    assert (noticed.decision if noticed else None) == decision
    assert [firing["rule"] for firing in (noticed.firings if noticed else [])] == rules
    assert [firing["rule"] for firing in said["split.result"].firings] == ["S8-14a"]
    assert (split.state, split.split_fen, split.difference_fen) == ("finished", amount, amount - 888)


def test_a_payment_that_a_difference_froze_is_shared_no_further_until_it_is_explained(shop):  # noqa: F811
    service, _ = shop
    paid(service)
    asked_for(service, "P1", {"type": "MERCHANT_ID", "account": "86693852", "amount_fen": 888})
    line = {"transaction_id": TRANSACTION, "origin": "notice", "direction": "split", "receiver_type": "MERCHANT_ID"}
    take(service, "split.reconcile", "P1", at=START, receiver_account="86693852", told_fen=887, **line)

    assert check(service, out_order_no="P2")[0] == "hold"
    assert check(service, out_order_no="P2", transaction_id="another")[0] == "review"


def test_a_return_under_another_number_is_stopped(sqlite_shop):  # noqa: F811
    service, _ = sqlite_shop
    paid(service)
    asked_for(service, "P1", {"type": "MERCHANT_ID", "account": "86693852", "amount_fen": 888})
    results = [
        {"type": "MERCHANT_ID", "account": "86693852", "amount_fen": 888, "result": "SUCCESS", "fail_reason": ""}
    ]
    take(service, "split.result", "P1", at=START - timedelta(minutes=20), state="finished", receivers=results)
    first = take(service, "split.return", "P1", at=START - timedelta(minutes=9), out_return_no="R1", amount_fen=88,
                 result="processing")  # fmt: skip
    again = take(service, "split.return", "P1", at=START - timedelta(minutes=8), out_return_no="R2", amount_fen=88,
                 result="processing")  # fmt: skip

    assert first.decision == "pass"
    assert (again.decision, [firing["rule"] for firing in again.firings]) == ("block", ["S8-17c"])


HEADER = (
    "分账时间,分账发起方,分账方,微信订单号,微信分账/回退单号,微信分账明细单号,商户分账/回退单号,订单金额,分账接收方,分账金额,业务类型,"
    "处理状态,分账描述,备注"
)


def bill_line(number, account, yuan, kind="分账"):
    cells = [
        "2026-11-23 09:40:00",
        "1900000109",
        "1900000109",
        TRANSACTION,
        "3008",
        "3601",
        number,
        "100.00",
        account,
        yuan,
    ]
    return ",".join(f"`{cell}" for cell in [*cells, kind, "成功", "x", ""])


def test_a_bill_is_held_against_the_requests_line_by_line_and_a_false_one_not_at_all(sqlite_shop):  # noqa: F811
    service, platform = sqlite_shop
    paid(service)
    asked_for(service, "P1", {"type": "MERCHANT_ID", "account": "86693852", "amount_fen": 888}, {
        "type": "MERCHANT_ID", "account": "1900000110", "amount_fen": 100})  # fmt: skip
    lines = [
        HEADER,
        bill_line("P1", "86693852", "8.88"),
        bill_line("P1", "1900000110", "0.99"),
        bill_line("P7", "1900000110", "1.00"),
        bill_line("P1", "1900000109", "90.12", kind="解冻"),
        "分账总笔数,分账总金额",
        "`3,`10.87",
    ]
    bill = "\n".join(lines).encode("utf-8-sig")
    digest = hashlib.sha1(bill).hexdigest()  # noqa: S324 - the platform's choice
    platform.now = tomorrow = START + timedelta(days=1)

    def download(*_):
        return 200, {}, bill

    with answering(download) as url:
        described = {"hash_type": "SHA1", "hash_value": digest, "download_url": f"{url}/v3/billdownload/file?token=x"}
        platform.others["/v3/profitsharing/bills"] = described
        decisions = reconcile_split_bill(service.parts, "main", START.date(), now=tomorrow)
        again = reconcile_split_bill(service.parts, "main", START.date(), now=tomorrow)
        platform.others["/v3/profitsharing/bills"] = described | {"hash_value": digest[::-1]}
        with pytest.raises(InvalidInput, match="SHA-1"):
            reconcile_split_bill(service.parts, "main", START.date(), now=tomorrow)

    assert decisions == again == {"pass": 1, "hold": 1, "review": 1}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("交易时间,金额", "分账接收方"),
        (f"{HEADER}\n{bill_line('P1', 'a', '1.001')}", "two decimals"),
        (f"{HEADER}\n{bill_line('P1', 'a', '-1')}", "2: 分账金额 -1"),
        (f"{HEADER}\n{bill_line('P1', 'a', '1', kind='补差')}", "补差"),
    ],
)
def test_a_bill_that_is_not_understood_stops_the_reading_and_names_the_line(text, said):
    with pytest.raises(InvalidInput, match=said):
        read_split_bill(text.encode())


def test_every_accounts_bill_is_fetched_once_a_day_and_a_wrong_one_is_a_dead_letter(sqlite_shop):  # noqa: F811
    service, platform = sqlite_shop
    platform.others["/v3/profitsharing/bills"] = {"code": "NO_STATEMENT_EXIST", "message": "no bill"}
    morning = START.replace(hour=3) + timedelta(days=1)

    planned = [plan_bills(service.parts, now=morning), plan_bills(service.parts, now=morning + timedelta(minutes=5))]

    with service.parts.db.read() as session:
        rows = {each.payload["account"]: each for each in session.scalars(select(QueueRow)) if each.kind == FETCH_BILL}
    assert planned == [len(rows), 0]
    row = rows["main"]
    assert row.payload["asked"] == {"day": START.date().isoformat()}
    platform.others["/v3/profitsharing/bills"] = {"hash_type": "SHA1", "hash_value": "0" * 40, "download_url": "x"}
    service.clock.at = morning
    for _ in range(12):
        service.clock.advance(hours=2)
        [claim] = service.parts.db.write(
            lambda session: [
                each
                for each in queue.claim(session, worker="t", now=service.clock(), limit=50)
                if each.kind == FETCH_BILL and each.payload["account"] == "main"
            ]
        )
        with pytest.raises(AppError):
            fetch_bill(service.parts, claim, now=service.clock())
        service.parts.db.write(
            lambda session, claim=claim: queue.retry(
                session, claim, error="wrong", due_at=service.clock(), now=service.clock()
            )
        )
    with service.parts.db.read() as session:
        [letter] = dead_letters(session, kinds=ALL)
    assert (letter["kind"], letter["account"], letter["asked"]) == (
        FETCH_BILL,
        "main",
        {"day": START.date().isoformat()},
    )


def test_money_paid_in_advance_is_not_shared_before_it_is_used(service):
    paid(service)
    take(service, "topup.create", "v-1", paid_fen=10_000, transaction_id=TRANSACTION)
    before = check(service)[1]
    take(service, "topup.spend", "v-1", spent_fen=10_000)

    assert "S5-34" in before
    assert "S5-34" not in check(service)[1]
