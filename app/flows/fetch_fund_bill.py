"""The fund bill (资金账单) of the merchant that pays, every morning: fetched, checked, matched with the ledger.

half past ten in China ─ one row a day ─ signed description ─ file ─ unpacked ─ SHA-1 ─ match_bill ─ suspense
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from app import queue
from app.errors import InvalidInput, Problem
from app.flows.match_bill import Matched, match_bill, note_quiet_day
from app.flows.parts import Parts
from app.money.channel import Billing
from app.queue import Claim
from app.values.access import SYSTEM, Caller
from app.values.china_days import day_of
from app.wechat.errors import PlatformRefused

FETCH_FUND_BILL = "fetch_fund_bill"
_NO_BILL = frozenset({"NO_STATEMENT_EXIST", "STATEMENT_NOT_EXIST"})  # nothing moved on that day
_ATTEMPTS = 12
_log = structlog.get_logger(__name__)


def plan_fund_bill(parts: Parts, *, now: datetime) -> bool:
    """Ask for yesterday's bill where the channel gives one; whether the row is new."""
    channel = parts.channel
    if not isinstance(channel, Billing):
        return False
    day = day_of(now) - timedelta(days=1)
    asked = {"day": day.isoformat()}
    payload = {"provider": channel.name, "account": channel.billed, "what": "fund_bill", "asked": asked}

    def work(session: Session) -> bool:
        key = f"{FETCH_FUND_BILL}:{channel.name}:{channel.billed}:{day}"
        added = queue.add(
            session, kind=FETCH_FUND_BILL, payload=payload, due_at=now, now=now, slot_key=key, max_attempts=_ATTEMPTS
        )
        return added is not None

    return parts.db.write(work)


def fetch_fund_bill(parts: Parts, claim: Claim, *, now: datetime) -> None:
    """Work one row; what the worker may try again, or a person has to look at, is raised."""
    day = date.fromisoformat(claim.payload["asked"]["day"])
    match_fund_bill(parts, day, caller=SYSTEM, now=now)
    parts.db.write(lambda session: queue.finish(session, claim, now=now))


def match_fund_bill(parts: Parts, day: date, *, caller: Caller, now: datetime) -> Matched | None:
    """Fetch the bill of a day and match it; None where nothing moved on that day.

    Raises:
        InvalidInput: the channel gives no bills, or the bill is not the one the platform described.
        PlatformRefused, PlatformBusy, Untrusted: it could not be fetched.
    """
    channel = parts.channel
    if not isinstance(channel, Billing):
        problem = Problem("WEIHENG_PAYOUT_CHANNEL", f"{channel.name} gives no bills", "wechat_pay")
        raise InvalidInput("付款渠道不提供资金账单", problems=[problem])
    try:
        bill = channel.fund_bill(day, now=now)
    except PlatformRefused as refusal:
        if refusal.platform_code not in _NO_BILL:
            raise
        missing = note_quiet_day(parts, channel=channel.name, day=day, caller=caller, now=now)
        _log.info("fund_bill_empty", channel=channel.name, day=day.isoformat(), missing=missing)
        return None
    matched = match_bill(parts, bill, channel=channel.name, caller=caller, day=day, now=now)
    _log.info("fund_bill_matched", day=day.isoformat(), lines=matched.lines, matched=matched.matched)
    return matched
