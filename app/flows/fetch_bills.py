"""Fetching each account's profit-sharing bill every morning, once across all processes.

ten thirty in China ─ one row of the queue for each account and day (unique) ─ bill fetched, digest and header checked
─ lines held against what was asked; a platform that is busy is asked again, a bill that is wrong is a dead letter
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from app import queue
from app.flows.parts import Parts
from app.flows.reconcile_split_bill import reconcile_split_bill
from app.queue import Claim
from app.values.china_days import day_of
from app.wechat.accounts import PayAccount
from app.wechat.errors import PlatformRefused

FETCH_BILL = "fetch_split_bill"
_PROVIDER = "wechatpay"
_NO_BILL = frozenset({"NO_STATEMENT_EXIST", "STATEMENT_NOT_EXIST"})  # nothing was shared on that day
_ATTEMPTS = 12
_log = structlog.get_logger(__name__)


def plan_bills(parts: Parts, *, now: datetime) -> int:
    """Ask for yesterday's bill of every account that can ask; how many rows are new."""
    day = day_of(now) - timedelta(days=1)
    accounts = [
        name
        for name, account in sorted(parts.accounts.get(_PROVIDER, {}).items())
        if isinstance(account, PayAccount) and account.merchant_key is not None
    ]

    def work(session: Session) -> int:
        added = [
            queue.add(
                session,
                kind=FETCH_BILL,
                payload={
                    "provider": _PROVIDER,
                    "account": name,
                    "what": "split_bill",
                    "asked": {"day": day.isoformat()},
                },
                due_at=now,
                now=now,
                slot_key=f"{FETCH_BILL}:{name}:{day}",
                max_attempts=_ATTEMPTS,
            )
            for name in accounts
        ]
        return sum(each is not None for each in added)

    return parts.db.write(work) if accounts else 0


def fetch_bill(parts: Parts, claim: Claim, *, now: datetime) -> None:
    """Work one row; what the worker may try again, or a person has to look at, is raised."""
    account, day = str(claim.payload["account"]), date.fromisoformat(claim.payload["asked"]["day"])
    try:
        decisions = reconcile_split_bill(parts, account, day, now=now)
        _log.info("split_bill_reconciled", account=account, day=day.isoformat(), **decisions)
    except PlatformRefused as refusal:
        if refusal.platform_code not in _NO_BILL:
            raise
        _log.info("split_bill_empty", account=account, day=day.isoformat())
    parts.db.write(lambda session: queue.finish(session, claim, now=now))
