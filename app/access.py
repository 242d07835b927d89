"""API keys of machines and the shops they are bound to.

A key is ``wh_`` + random; shown once, stored as a keyed hash. Roles and scopes are kept apart: machines have scopes,
officers have roles, and both are bound to shops (none named means all).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import errors
from app.models import ApiKey, Shop
from app.values.access import Caller, Scope

_IN_MAX = 500
_USED_EVERY = timedelta(minutes=1)


def create_api_key(
    session: Session,
    *,
    name: str,
    scopes: Iterable[str],
    shop_ids: Iterable[str] | None,
    hash_key: bytes,
    now: datetime,
    expires_at: datetime | None = None,
    rate_per_minute: int | None = None,
) -> str:
    """Make a key and return it; this is the only moment it can be seen."""
    wanted = sorted(set(scopes))
    unknown = [scope for scope in wanted if scope not in set(Scope)]
    if unknown or not wanted:
        problem = errors.Problem(
            "scopes", f"unknown: {', '.join(unknown)}" if unknown else "none given", ", ".join(Scope)
        )
        raise errors.InvalidInput("the key's scopes are wrong", problems=[problem])
    shops = None if shop_ids is None else sorted(set(shop_ids))
    for shop_id in shops or ():
        ensure_shop(session, shop_id, now=now)
    secret = "wh_" + secrets.token_urlsafe(32)
    session.add(
        ApiKey(
            name=name,
            prefix=secret[:9],
            key_hash=keyed_hash(hash_key, secret),
            scopes=wanted,
            shop_ids=shops,
            created_at=now,
            expires_at=expires_at,
            rate_per_minute=rate_per_minute,
        )
    )
    return secret


def find_caller(session: Session, secret: str, *, hash_key: bytes, now: datetime) -> Caller:
    """Whose key this is; raises Unauthenticated for unknown, expired and revoked keys alike."""
    row = session.scalar(select(ApiKey).where(ApiKey.key_hash == keyed_hash(hash_key, secret)))
    if row is None or row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= now):
        raise errors.Unauthenticated("the API key is unknown, expired or revoked")
    shops = None if row.shop_ids is None else frozenset(row.shop_ids)
    return Caller(row.id, f"key:{row.name}", frozenset(row.scopes), shops, row.rate_per_minute)


def mark_used(session: Session, key_id: str, *, now: datetime) -> None:
    """Remember when a key was last used, to the minute."""
    stale = (ApiKey.last_used_at.is_(None)) | (ApiKey.last_used_at < now - _USED_EVERY)
    session.execute(update(ApiKey).where(ApiKey.id == key_id, stale).values(last_used_at=now))


def revoke_api_key(session: Session, key_id: str, *, now: datetime) -> ApiKey:
    """End a key at once."""
    row = session.get(ApiKey, key_id)
    if row is None:
        raise errors.NotFound(f"no API key {key_id}")
    row.revoked_at = row.revoked_at or now
    return row


def set_rate(session: Session, key_id: str, per_minute: int | None) -> ApiKey:
    """Give a key a rate of its own; None takes it away, 0 lets it ask without limit."""
    row = session.get(ApiKey, key_id)
    if row is None:
        raise errors.NotFound(f"no API key {key_id}")
    row.rate_per_minute = per_minute
    return row


def ensure_shop(
    session: Session, shop_id: str, *, now: datetime, name: str | None = None, category: str | None = None
) -> None:
    """A row for the shop, made on first sight."""
    if session.get(Shop, shop_id) is None:
        session.add(Shop(id=shop_id, name=name or shop_id, category=category, created_at=now))
        session.flush()


def ensure_shops(session: Session, shop_ids: Iterable[str], *, now: datetime) -> None:
    """The same for many; in one order for all, so that two writers never deadlock."""
    wanted = sorted(set(shop_ids))
    for start in range(0, len(wanted), _IN_MAX):
        part = wanted[start : start + _IN_MAX]
        known = set(session.scalars(select(Shop.id).where(Shop.id.in_(part))))
        session.add_all(Shop(id=each, name=each, created_at=now) for each in part if each not in known)
        session.flush()


def keyed_hash(key: bytes, secret: str) -> str:
    """HMAC-SHA256 in hex: how a secret that must only be recognised is stored."""
    return hmac.new(key, secret.encode(), hashlib.sha256).hexdigest()
