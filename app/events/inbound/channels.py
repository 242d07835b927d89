"""Pushes of 微信小店 (``channels_ec_*``, ``ec_platform_*``) and of mini-programs, in the safe mode.

They have no id of their own, and the platform repeats a push for hours when it is not answered; what a push says in the
clear is therefore its id. Nor does a repetition get a new timestamp for sure, so its age is held against the platform's
longest row of repetitions and not against minutes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.events.provider import Answer, LookupKind, Meaning, Message, Received
from app.events.wechat import shop_answers, shop_pushes
from app.events.wechat.telling import needed
from app.wechat.accounts import ShopAccount, read_shop_account
from app.wechat.errors import Doubt, Untrusted
from app.wechat.push_crypto import check_signature, decrypt
from app.wechat.reading import read_object, text

_OLDEST_S = 5 * 3600  # at most 10 pushes within about 3.6 hours
_EARLIEST_S = 300
_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
_ECHO = re.compile(r"[0-9A-Za-z_-]{1,128}", re.ASCII)


class Channels:
    """The provider ``channels``."""

    name = "channels"
    max_bytes = 256 * 1024
    lookups: Mapping[str, LookupKind] = shop_answers.LOOKUPS

    def read_account(self, name: str, given: Mapping[str, Any]) -> ShopAccount:
        """A shop's account."""
        return read_shop_account(name, given)

    def check_address(self, account: ShopAccount, received: Received, *, now: datetime) -> Answer:
        """Echo what the platform sent, when it knows our token."""
        timestamp, nonce = _timestamp(received, now=now), received.query.get("nonce", "")
        echo = received.query.get("echostr", "")
        check_signature(received.query.get("signature", ""), account.token, timestamp, nonce)
        if not _ECHO.fullmatch(echo):
            raise Untrusted(Doubt.MALFORMED, "echostr is malformed")
        return Answer(200, echo.encode())

    def open(self, account: ShopAccount, received: Received, *, now: datetime | None) -> Message:
        """Signature over the ciphertext, then its age, then the message itself."""
        sealed = text(read_object(received.body), "Encrypt")
        if sealed is None:
            raise Untrusted(Doubt.MALFORMED, "no Encrypt: the push is not in the safe mode")
        timestamp, nonce = received.query.get("timestamp", ""), received.query.get("nonce", "")
        check_signature(received.query.get("msg_signature", ""), account.token, timestamp, nonce, sealed)
        if now is not None:
            _timestamp(received, now=now)
        plain = decrypt(sealed, key=account.aes_key, appid=account.appid)
        content = read_object(plain)
        if account.original_id and text(content, "ToUserName") != account.original_id:
            raise Untrusted(Doubt.WRONG_ACCOUNT, "the push is for another original id")
        kind = text(content, "Event") or needed(text(content, "MsgType"), "Event")
        return Message("sha256:" + hashlib.sha256(plain).hexdigest(), kind, content)

    def accepted(self) -> Answer:
        """The platform asks for this word, or for nothing."""
        return Answer(200, b"success")

    def refused(self, status: int) -> Answer:
        """Anything but success is repeated."""
        return Answer(status, b"fail")

    def meaning(self, account: ShopAccount, message: Message, *, received_at: datetime) -> Meaning:
        """Events and questions."""
        return shop_pushes.meaning(account, message, received_at=received_at)


def _timestamp(received: Received, *, now: datetime) -> str:
    timestamp = received.query.get("timestamp", "")
    if not _TIMESTAMP.fullmatch(timestamp):
        raise Untrusted(Doubt.MALFORMED, "timestamp is missing or malformed")
    age_s = now.timestamp() - int(timestamp)
    if not -_EARLIEST_S < age_s < _OLDEST_S:
        raise Untrusted(Doubt.STALE, "the timestamp is too far from now")
    return timestamp


PROVIDER = Channels()
