"""Fetching the platform's certificates of every account that can ask: four times a day, each a row of the queue."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from app import queue
from app.flows.ask_platform import pay_client
from app.flows.parts import Parts
from app.flows.platform_keys import PROVIDER, add_fetch, fetched_keys, refresh_keys
from app.flows.receive_message import find_account
from app.money.channels.wechat_pay import WechatPay
from app.queue import Claim
from app.wechat.accounts import PayAccount
from app.wechat.errors import PlatformRefused
from app.wechat.pay_signature import PlatformKey

_HOURS = 6
# The platform has none for a merchant that uses its public key alone.
NO_CERTIFICATES = frozenset({"RESOURCE_NOT_EXISTS", "NOT_FOUND"})
_log = structlog.get_logger(__name__)


def plan_platform_keys(parts: Parts, *, now: datetime) -> int:
    """Ask for the certificates of every account that can; how many rows are new."""
    names = [
        name
        for name, account in sorted(parts.accounts.get(PROVIDER, {}).items())
        if isinstance(account, PayAccount) and account.merchant_key is not None
    ]
    slot = f"{int(now.timestamp() // (_HOURS * 3600))}"
    if not names:
        return 0
    return parts.db.write(lambda session: sum(add_fetch(session, name, slot, now=now) for name in names))


def fetch_platform_keys(parts: Parts, claim: Claim, *, now: datetime) -> None:
    """Work one row; what may be tried again, or a person has to look at, is raised."""
    account = str(claim.payload["account"])
    try:
        fetch_keys_of(parts, account, now=now)
    except PlatformRefused as refusal:
        if refusal.platform_code not in NO_CERTIFICATES:
            raise
        _log.info("platform_has_no_certificates", account=account, code=refusal.platform_code)

    def work(session: Session) -> None:
        queue.finish(session, claim, now=now)

    parts.db.write(work)


def fetch_keys_of(parts: Parts, account_name: str, *, now: datetime, anew: bool = False) -> list[PlatformKey]:
    """Fetch one account's certificates now; raises as ``refresh_keys``, or NotFound."""
    _, account = find_account(parts, PROVIDER, account_name)
    assert isinstance(account, PayAccount), "the provider reads no other"
    client = pay_client(parts, account)
    return refresh_keys(parts.db, parts.platform_keys, account, client, now=now, anew=anew)


def share_keys(parts: Parts) -> None:
    """Let the payout channel believe what is fetched for the same merchant."""
    channel = parts.channel
    if not isinstance(channel, WechatPay):
        return
    for account in parts.accounts.get(PROVIDER, {}).values():
        if isinstance(account, PayAccount) and account.mchid == channel.billed:
            channel.believe(fetched_keys(parts.db, parts.platform_keys, account))
