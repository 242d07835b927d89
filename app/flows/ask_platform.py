"""Asking a platform with an account's keys; the token of a shop is one for all processes.

question ─ kept token fresh? ─ no → one process renews it, the others use the old one while it lives
         ─ ask ─ token refused → renewed once, asked again
         ─ the answer names an unknown key of the platform → certificates fetched once, asked again
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app import platform_tokens
from app.errors import AppError, NotReady
from app.events.provider import Asking
from app.flows.parts import Parts
from app.flows.platform_keys import known_keys, may_ask_again, refresh_keys
from app.metrics import PLATFORM_CALLS
from app.platform_tokens import Kept
from app.wechat.accounts import PayAccount, ShopAccount
from app.wechat.errors import Doubt, PlatformRefused, Untrusted
from app.wechat.pay_client import PayClient
from app.wechat.shop_client import NewToken, TokenRefused, ask_token, call_shop

_EARLY = timedelta(minutes=5)
_TOKENS = "platform-tokens"
_SHOP = "channels"


def ask_platform(parts: Parts, provider: str, account: Any, asking: Asking, *, now: datetime) -> dict[str, Any]:
    """What the platform answers.

    Raises:
        PlatformRefused: it said no, or this account has no keys to ask with.
        PlatformBusy, NotReady: ask again later.
        Untrusted: an answer that is not signed by the platform.
    """
    try:
        answer = _CALLS[provider](parts, account, asking, now)
    except AppError as error:
        PLATFORM_CALLS.labels(provider, error.code).inc()
        raise
    PLATFORM_CALLS.labels(provider, "answered").inc()
    return answer


def pay_client(parts: Parts, account: PayAccount) -> PayClient:
    """A merchant's way to WeChat Pay; raises PlatformRefused where the account has no merchant key."""
    if account.merchant_key is None:
        raise PlatformRefused(f"{account.name} has no `private_key` to ask with", platform_code="NO_KEY")
    return PayClient(
        account.merchant_key,
        known_keys(parts.db, parts.platform_keys, account),
        base_url=account.base_url,
        allow_private=parts.settings.outbox_allow_private,
    )


def _ask_pay(parts: Parts, account: PayAccount, asking: Asking, now: datetime) -> dict[str, Any]:
    method, client = "GET" if asking.body is None else "POST", pay_client(parts, account)
    try:
        return client.call(method, asking.path, asking.body, now=now)
    except Untrusted as doubt:
        is_unknown = doubt.doubt is Doubt.UNKNOWN_KEY and method == "GET"
        if not is_unknown or not may_ask_again(parts.platform_keys, account.name, now=now):
            raise
    refresh_keys(parts.db, parts.platform_keys, account, client, now=now)
    return client.call(method, asking.path, asking.body, now=now)


def _ask_shop(parts: Parts, account: ShopAccount, asking: Asking, now: datetime) -> dict[str, Any]:
    if account.app_secret is None:
        raise PlatformRefused(f"{account.name} has no `app_secret` to ask with", platform_code="NO_KEY")
    token = access_token(parts, account, now=now)
    try:
        return _call(parts, account, asking, token, now)
    except TokenRefused:
        return _call(parts, account, asking, access_token(parts, account, now=now, refused=token), now)


def access_token(parts: Parts, account: ShopAccount, *, now: datetime, refused: str | None = None) -> str:
    """A token that is not ``refused``; renewed five minutes before it expires, by one process."""
    with parts.db.read() as session:
        kept = platform_tokens.kept(session, _SHOP, account.name)
        token = _open(parts, session, account, kept) if kept else None
    seen = kept.sealed if kept else None
    if token == refused:
        kept = token = None
    if kept and token and kept.expires_at - _EARLY > now:
        return token
    if parts.db.write(lambda session: platform_tokens.begin_renewal(session, _SHOP, account.name, seen=seen, now=now)):
        return _renew(parts, account, refused=refused, now=now)
    if kept and token and kept.expires_at > now:
        return token
    raise NotReady("another process is renewing the access token", retry_after_s=2)


def _renew(parts: Parts, account: ShopAccount, *, refused: str | None, now: datetime) -> str:
    done = False
    try:
        made = _ask_token(parts, account, is_forced=False, now=now)
        if made.token == refused:
            made = _ask_token(parts, account, is_forced=True, now=now)
        expires_at = now + timedelta(seconds=made.expires_in_s)

        def work(session: Session) -> None:
            sealed = parts.people.seal(session, made.token.encode(), person=_TOKENS, now=now, **_place(account))
            platform_tokens.end_renewal(session, _SHOP, account.name, renewed=Kept(sealed, expires_at), now=now)

        parts.db.write(work)
        done = True
    finally:
        if not done:
            parts.db.write(
                lambda session: platform_tokens.end_renewal(session, _SHOP, account.name, renewed=None, now=now)
            )
    return made.token


def _ask_token(parts: Parts, account: ShopAccount, *, is_forced: bool, now: datetime) -> NewToken:
    assert account.app_secret is not None, "checked before"
    return ask_token(
        account.base_url,
        appid=account.appid,
        secret=account.app_secret,
        is_forced=is_forced,
        now=now,
        allow_private=parts.settings.outbox_allow_private,
    )


def _call(parts: Parts, account: ShopAccount, asking: Asking, token: str, now: datetime) -> dict[str, Any]:
    return call_shop(
        account.base_url,
        asking.path,
        asking.body or {},
        token=token,
        now=now,
        allow_private=parts.settings.outbox_allow_private,
    )


def _open(parts: Parts, session: Session, account: ShopAccount, kept: Kept) -> str:
    return parts.people.unseal(session, kept.sealed, person=_TOKENS, **_place(account)).decode()


def _place(account: ShopAccount) -> dict[str, str]:
    return {"table": "platform_token", "column": "token", "row": account.name}


_CALLS: Mapping[str, Callable[[Parts, Any, Asking, datetime], dict[str, Any]]] = {
    "channels": _ask_shop,
    "wechatpay": _ask_pay,
}
