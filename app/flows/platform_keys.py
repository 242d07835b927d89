"""The platform's keys of a merchant's account, kept up to date: by schedule, and once when an unknown one turns up.

known_keys: configured ones + certificates in the database, opened by the APIv3 key
refresh_keys: ask ─ a present key vouches? ─ kept as sealed ─ audited ─ every process sees them within a second
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from app import audit, platform_certificates, queue
from app.db import Database
from app.metrics import PLATFORM_KEYS_END
from app.wechat.accounts import PayAccount
from app.wechat.errors import Untrusted
from app.wechat.keys_in_force import FetchedKeys, KeysInForce
from app.wechat.pay_certificates import Given, ask_certificates, in_force, open_certificate
from app.wechat.pay_client import PayClient
from app.wechat.pay_signature import PlatformKey

FETCH_KEYS = "fetch_platform_keys"
PROVIDER = "wechatpay"
_ATTEMPTS = 8
_APART = timedelta(minutes=10)
_KEPT = timedelta(days=30)
_log = structlog.get_logger(__name__)


@dataclass
class KeyMemory:
    """What a process knows of fetched keys, by account, and when it last asked because of an unknown one."""

    fetched: dict[str, FetchedKeys] = field(default_factory=dict)
    asked_at: dict[str, datetime] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


def with_known_keys(db: Database, memory: KeyMemory, account: PayAccount) -> PayAccount:
    """The account with the certificates fetched for it beside the keys that are configured."""
    return replace(account, platform_keys=known_keys(db, memory, account))


def known_keys(db: Database, memory: KeyMemory, account: PayAccount) -> Mapping[str, PlatformKey]:
    """Configured and fetched keys of an account, read as they are asked for."""
    if isinstance(account.platform_keys, KeysInForce):
        return account.platform_keys
    return KeysInForce(account.platform_keys, fetched_keys(db, memory, account))


def fetched_keys(db: Database, memory: KeyMemory, account: PayAccount) -> FetchedKeys:
    """The certificates fetched for an account."""
    with memory.lock:
        return memory.fetched.setdefault(account.name, FetchedKeys(lambda: _read(db, account)))


def refresh_keys(
    db: Database, memory: KeyMemory, account: PayAccount, client: PayClient, *, now: datetime, anew: bool = False
) -> list[PlatformKey]:
    """Ask for the platform's certificates and keep them; the keys in force afterwards, the longest last.

    Raises:
        PlatformRefused, PlatformBusy: no certificates came.
        Untrusted: they are not the platform's; nothing is kept.
    """
    given = ask_certificates(client, api_v3_key=account.api_v3_key, now=now, anew=anew)
    new = db.write(lambda session: _keep(session, account, given, anew=anew, now=now))
    fetched_keys(db, memory, account).forget()
    keys = in_force(list(known_keys(db, memory, account).values()), now=now)
    ends = keys[-1].valid_until if keys else now
    PLATFORM_KEYS_END.labels(account.name).set(ends.timestamp() if ends else float("inf"))
    _log.info("platform_keys_fetched", account=account.name, new=new, in_force=[key.serial for key in keys])
    return keys


def may_ask_again(memory: KeyMemory, account: str, *, now: datetime) -> bool:
    """Whether an unknown key is a reason to ask now: once in ten minutes and process, whoever sends what."""
    with memory.lock:
        before = memory.asked_at.get(account)
        if before is not None and now - before < _APART:
            return False
        memory.asked_at[account] = now
        return True


def plan_unknown_key(db: Database, account: PayAccount, *, now: datetime) -> None:
    """Have the keys fetched because a notice named an unknown one: outside the request, once for all processes."""
    if account.merchant_key is None:
        return
    slot = int(now.timestamp() // _APART.total_seconds())
    db.write(lambda session: add_fetch(session, account.name, f"unknown:{slot}", now=now))


def add_fetch(session: Session, account: str, slot: str, *, now: datetime) -> bool:
    """One row of the queue for an account and occasion; whether it is new."""
    payload = {"provider": PROVIDER, "account": account, "what": "certificates", "asked": {}}
    key = f"{FETCH_KEYS}:{account}:{slot}"
    added = queue.add(
        session, kind=FETCH_KEYS, payload=payload, due_at=now, now=now, slot_key=key, max_attempts=_ATTEMPTS
    )
    return added is not None


def _keep(session: Session, account: PayAccount, given: Given, *, anew: bool, now: datetime) -> list[str]:
    new = []
    for each in given.certificates:
        key = each.key
        span = {"valid_from": key.valid_from, "valid_until": key.valid_until}
        if platform_certificates.keep(session, account.name, key.serial, each.resource, now=now, **span):
            new.append(key.serial)
            until = key.valid_until.isoformat() if key.valid_until else None
            audit.record(
                session,
                actor="system",
                action="platform_key.add",
                object_type="account",
                object_id=f"{PROVIDER}.{account.name}",
                details={"serial": key.serial, "until": until, "vouched_by": given.vouched_by, "anew": anew},
                now=now,
            )
    platform_certificates.forget_ended(session, before=now - _KEPT)
    return new


def _read(db: Database, account: PayAccount) -> dict[str, PlatformKey]:
    with db.read() as session:
        rows = platform_certificates.kept(session, account.name)
    found = {}
    for serial, resource in rows.items():
        try:
            found[serial] = open_certificate(resource, api_v3_key=account.api_v3_key, serial=serial)
        except Untrusted as doubt:  # put there by somebody else, or the APIv3 key was changed since
            _log.error("platform_certificate_not_believed", account=account.name, serial=serial, why=doubt.detail)
    return found
