"""A day's profit-sharing bill held against what was asked for: fetched, its digest checked, each line told as an event.

address and digest (signed) ─ bill ─ SHA-1 right? ─ lines ─ split.reconcile for each ─ rules ─ what differs is a case
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta, timezone

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import InvalidInput
from app.events.provider import Asking
from app.events.stored import SentEvent
from app.events.wechat.pay_notices import source
from app.events.wechat.telling import told
from app.flows.ask_platform import ask_platform, pay_client
from app.flows.parts import Parts
from app.flows.receive_message import find_account
from app.flows.take_event import take_events
from app.models import Split
from app.money.split_bill import BillLine, read_split_bill
from app.wechat.accounts import PayAccount
from app.wechat.pay_bills import download_bill

CHINA = timezone(timedelta(hours=8))
_PAY = "wechatpay"
_PORTION = 500


def reconcile_split_bill(parts: Parts, account_name: str, day: date, *, now: datetime) -> dict[str, int]:
    """How many lines led to which decision.

    Raises:
        InvalidInput: the bill is not the one the platform described, or cannot be read.
        PlatformRefused, PlatformBusy, Untrusted: it could not be fetched.
    """
    _, account = find_account(parts, _PAY, account_name)
    assert isinstance(account, PayAccount), "the provider reads no other"
    described = ask_platform(parts, _PAY, account, Asking(f"/v3/profitsharing/bills?bill_date={day}"), now=now)
    bill = download_bill(pay_client(parts, account), described, is_packed=False, now=now)
    lines = read_split_bill(bill)
    told_at = datetime.combine(day + timedelta(days=1), time(), CHINA)  # after whatever happened on that day
    with parts.db.read() as session:
        events = [_event(session, account, line, told_at) for line in lines]
    decisions: Counter[str] = Counter()
    for start in range(0, len(events), _PORTION):  # told again after a failure, they are the same events
        portion = events[start : start + _PORTION]
        answers = take_events(parts, portion, actor="bill", now=now, is_heard=False)
        for event, answer in zip(portion, answers, strict=True):
            if answer.status == "invalid":
                raise InvalidInput(f"a line of {event.subject} was refused", problems=answer.problems)
            decisions[answer.decision] += 1
    return dict(decisions)


def _event(session: Session, account: PayAccount, line: BillLine, told_at: datetime) -> SentEvent:
    shops = sorted({*account.shops.values(), *([account.shop_id] if account.shop_id else [])})
    own = Split.shop_id.in_(shops) & (Split.transaction_id == line.transaction_id)
    splits = session.scalars(select(Split).where(own)).all()
    split = next((each for each in splits if line.number in {each.subject, *(each.returns or {})}), None)
    is_merchant = line.account.isascii() and line.account.isdecimal()
    facts = {
        "transaction_id": line.transaction_id,
        "origin": "bill",
        "direction": line.direction,
        "receiver_type": "MERCHANT_ID" if is_merchant else "PERSONAL_OPENID",
        "receiver_account": line.account,
        "told_fen": line.told_fen,
        "bill_verified": True,
    }
    return told(
        source=source(account),
        kind="split.reconcile",
        shop_id=split.shop_id if split else account.shop_id or next(iter(account.shops.values())),
        subject=split.subject if split else line.number,
        at=told_at,
        facts=facts,
    )
