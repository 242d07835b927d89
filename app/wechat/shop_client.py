"""Asking 微信小店 and mini-programs: JSON by POST, an access token in the query, an ``errcode`` in every answer.

Answers are read with exact integers. A refused token is told apart from every other refusal, because asking again with
a new one helps; a rate limit says when it helps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlencode

import orjson

from app.outgoing import Unanswered, ask
from app.wechat.errors import PlatformBusy, PlatformRefused, Untrusted
from app.wechat.reading import number, read_json, text

_MAX_BYTES = 4 * 2**20
_OK = 200
_TOKEN_REFUSED = frozenset({40001, 40014, 42001})
_SYSTEM_BUSY, _TOO_OFTEN, _QUOTA_USED = -1, 45011, 45009
_CHINA = timezone(timedelta(hours=8))


class TokenRefused(PlatformRefused):
    """The access token is invalid or expired; a new one may help."""

    code = "platform_token_refused"


@dataclass(frozen=True, slots=True)
class NewToken:
    """An access token and how long it lives."""

    token: str
    expires_in_s: int


def call_shop(
    base_url: str,
    path: str,
    body: Mapping[str, Any],
    *,
    token: str,
    now: datetime,
    allow_private: bool,
    timeout_s: float = 10.0,
) -> dict[str, Any]:
    """What the platform answers to one question.

    Raises:
        TokenRefused: ask again with a new token.
        PlatformRefused: it said no.
        PlatformBusy: no answer, too many questions, or the platform fails.
    """
    return _post(
        base_url,
        f"{path}?{urlencode({'access_token': token})}",
        body,
        now=now,
        allow_private=allow_private,
        timeout_s=timeout_s,
    )


def ask_token(
    base_url: str, *, appid: str, secret: str, is_forced: bool, now: datetime, allow_private: bool
) -> NewToken:
    """A token by ``stable_token``: the present one while it lives; forced, a new one (20 a day)."""
    body = {"grant_type": "client_credential", "appid": appid, "secret": secret, "force_refresh": is_forced}
    said = _post(base_url, "/cgi-bin/stable_token", body, now=now, allow_private=allow_private, timeout_s=10.0)
    token, expires_in_s = text(said, "access_token"), number(said, "expires_in")
    if token is None or expires_in_s is None:
        raise PlatformBusy("the platform's answer has no access token")
    return NewToken(token, expires_in_s)


def _post(
    base_url: str, path: str, body: Mapping[str, Any], *, now: datetime, allow_private: bool, timeout_s: float
) -> dict[str, Any]:
    try:
        answer = ask(
            "POST",
            base_url.rstrip("/") + path,
            headers={"content-type": "application/json", "accept": "application/json", "user-agent": "weiheng/1"},
            body=orjson.dumps(body),
            allow_private=allow_private,
            max_bytes=_MAX_BYTES,
            timeout_s=timeout_s,
        )
    except Unanswered as silence:
        raise PlatformBusy(silence.detail) from None
    if answer.status != _OK:
        raise PlatformBusy(f"HTTP {answer.status}")
    try:
        said = read_json(answer.body)
    except Untrusted:
        raise PlatformBusy("the platform's answer is no JSON") from None
    code = number(said, "errcode") or 0
    if code:
        raise _refusal(code, text(said, "errmsg") or "", now=now)
    return said


def _refusal(code: int, message: str, *, now: datetime) -> PlatformRefused | PlatformBusy:
    detail = f"errcode {code} {message}"[:300].rstrip()
    if code in _TOKEN_REFUSED:
        return TokenRefused(detail, platform_code=str(code))
    if code == _SYSTEM_BUSY:
        return PlatformBusy(detail, platform_code=str(code))
    if code == _TOO_OFTEN:
        return PlatformBusy(detail, platform_code=str(code), retry_after_s=60)
    if code == _QUOTA_USED:  # the day's quota: until midnight in China
        local = now.astimezone(_CHINA)
        midnight = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        return PlatformBusy(detail, platform_code=str(code), retry_after_s=int((midnight - local).total_seconds()) + 60)
    return PlatformRefused(detail, platform_code=str(code))
