"""Asking WeChat Pay v3: signed requests, and answers believed only when the platform signed them.

Three ends matter and are told apart: an answer, a refusal (``PlatformRefused``: final), and no usable answer
(``PlatformBusy``: what was asked may have happened, so a caller that moves money must ask what became of it).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import orjson

from app.outgoing import Answered, Unanswered, ask
from app.values.given_numbers import read_whole
from app.wechat.errors import Doubt, PlatformBusy, PlatformRefused, Untrusted
from app.wechat.pay_signature import MerchantKey, PlatformKey, authorization, verify

BASE_URL = "https://api.mch.weixin.qq.com"
_MAX_BYTES = 2**20
_MAX_FILE_BYTES = 64 * 2**20
_FILE_TIMEOUT_S = 120.0
_RATE_LIMITED = 429
_FIRST_ERROR, _FIRST_FAILURE = 400, 500
# Refusals that say "not now": the platform's page of common error codes.
_NOT_NOW = frozenset({"SYSTEM_ERROR", "FREQUENCY_LIMITED", "RATELIMIT_EXCEED", "RATELIMIT_EXCEEDED", "BANK_ERROR"})


@dataclass(frozen=True, slots=True)
class PayClient:
    """One merchant's way to the platform; ``keys`` are the platform's, by serial number or PUB_KEY_ID."""

    merchant: MerchantKey
    keys: Mapping[str, PlatformKey]
    base_url: str = BASE_URL
    allow_private: bool = False
    timeout_s: float = 10.0

    def get(self, path: str, *, now: datetime) -> dict[str, Any]:
        """What a GET answers; ``path`` with its query."""
        return self.call("GET", path, None, now=now)

    def post(
        self, path: str, body: Mapping[str, Any], *, now: datetime, sealed_by: PlatformKey | None = None
    ) -> dict[str, Any]:
        """What a POST answers; ``sealed_by`` is the key that names in ``body`` were sealed with."""
        return self.call("POST", path, body, now=now, sealed_by=sealed_by)

    def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None,
        *,
        now: datetime,
        sealed_by: PlatformKey | None = None,
    ) -> dict[str, Any]:
        """One signed request.

        Raises:
            PlatformRefused: the platform said no.
            PlatformBusy: no answer, a rate limit, a failing platform.
            Untrusted: an answer the platform did not sign.
        """
        return _believed(self.keys, self.ask(method, path, body, now=now, sealed_by=sealed_by), now=now)

    def ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None,
        *,
        now: datetime,
        sealed_by: PlatformKey | None = None,
    ) -> Answered:
        """A success that nobody has verified yet; raises PlatformRefused, PlatformBusy."""
        sent = b"" if body is None else orjson.dumps(body)
        signed_path = urlsplit(self.base_url).path.rstrip("/") + path
        headers = self._headers(method, signed_path, sent, now=now)
        key = sealed_by or next((each for name, each in self.keys.items() if name.startswith("PUB_KEY_ID_")), None)
        if key is not None:
            headers["wechatpay-serial"] = key.serial
        try:
            answer = ask(
                method,
                self.base_url.rstrip("/") + path,
                headers=headers,
                body=sent or None,
                allow_private=self.allow_private,
                max_bytes=_MAX_BYTES,
                timeout_s=self.timeout_s,
            )
        except Unanswered as silence:
            raise PlatformBusy(silence.detail) from None
        if answer.status >= _FIRST_ERROR:
            raise _refusal(answer)
        return answer

    def download(self, url: str, *, now: datetime) -> bytes:
        """A file from an address that a signed answer named. It is not signed itself: hold it against its digest."""
        parts = urlsplit(url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        headers = self._headers("GET", path, b"", now=now)
        try:
            answer = ask(
                "GET",
                url,
                headers=headers,
                body=None,
                allow_private=self.allow_private,
                max_bytes=_MAX_FILE_BYTES,
                timeout_s=_FILE_TIMEOUT_S,
            )
        except Unanswered as silence:
            raise PlatformBusy(silence.detail) from None
        if answer.status >= _FIRST_ERROR:
            raise _refusal(answer)
        return answer.body

    def _headers(self, method: str, path: str, sent: bytes, *, now: datetime) -> dict[str, str]:
        return {
            "accept": "application/json",
            "content-type": "application/json",
            "user-agent": "weiheng/1",
            "authorization": authorization(
                self.merchant,
                method=method,
                path=path,
                body=sent,
                timestamp=int(now.timestamp()),
                nonce=secrets.token_hex(16),
            ),
        }


def _believed(keys: Mapping[str, PlatformKey], answer: Answered, *, now: datetime) -> dict[str, Any]:
    verify(keys, answer.headers, answer.body, now=now)
    said = _object(answer.body) if answer.body else {}
    if said is None:
        raise Untrusted(Doubt.MALFORMED, "the platform's answer is no JSON object")
    return said


def _refusal(answer: Answered) -> PlatformRefused | PlatformBusy:
    said = _object(answer.body) or {}
    code, message = str(said.get("code", "")), str(said.get("message", ""))[:300]
    detail = f"HTTP {answer.status} {code} {message}".rstrip()
    if answer.status == _RATE_LIMITED or answer.status >= _FIRST_FAILURE or code in _NOT_NOW or not code:
        wait = read_whole(answer.headers.get("retry-after", ""))
        return PlatformBusy(detail, platform_code=code, retry_after_s=wait)
    return PlatformRefused(detail, platform_code=code, http_status=answer.status)


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return said if isinstance(said, dict) else None
