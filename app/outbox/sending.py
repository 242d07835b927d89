"""Signing and sending one message, standard-webhooks 1.0.

It goes out under the rules of every outgoing call; no more of the answer is read than its status.
"""

from __future__ import annotations

import hashlib
import hmac
import random
import time
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.errors import AppError
from app.outgoing import ask

# Nine waits between ten attempts, 75 hours in all.
_GONE = "410 Gone"
WAITS_S = (5, 30, 300, 1_800, 7_200, 18_000, 36_000, 72_000, 134_665)


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of one attempt."""

    ok: bool
    http_status: int | None
    error: str | None
    took_ms: int
    retry_after: timedelta | None = None  # what the receiver asked for
    is_gone: bool = False  # it wants nothing more, ever


def signature(*, secrets: Sequence[str], message_id: str, timestamp: int, body: bytes) -> str:
    """The ``webhook-signature`` header: one ``v1,…`` for each live secret, so that rotation loses nothing."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    made = []
    for secret in secrets:
        key = b64decode(secret.removeprefix("whsec_"))
        made.append("v1," + b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode())
    return " ".join(made)


def send(*, url: str, secrets: Sequence[str], message_id: str, body: bytes, now: datetime, allow_private: bool) -> Sent:
    """Send one message once. Every failure of the network or the receiver is an answer, not an exception."""
    started = time.perf_counter()
    timestamp = int(now.timestamp())
    try:
        headers = {
            "content-type": "application/json",
            "user-agent": "weiheng-webhooks/1",
            "webhook-id": message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(secrets=secrets, message_id=message_id, timestamp=timestamp, body=body),
        }
        answer = ask("POST", url, headers=headers, body=body, allow_private=allow_private, max_bytes=0)
        status, error, asked = answer.status, None, _asked(answer.headers.get("retry-after"))
    except AppError as failure:
        status, asked, error = None, None, f"{type(failure).__name__}: {failure}"[:500]
    took_ms = int((time.perf_counter() - started) * 1000)
    ok = status is not None and 200 <= status < 300  # noqa: PLR2004 - any 2xx
    error = error if ok or error else _GONE if status == 410 else f"HTTP {status}"  # noqa: PLR2004 - Gone
    return Sent(ok, status, error, took_ms, asked, is_gone=error == _GONE)


def _asked(retry_after: str | None) -> timedelta | None:
    """``Retry-After`` in seconds; its other form, a date, is left alone."""
    said = (retry_after or "").strip()
    return timedelta(seconds=int(said)) if said.isdecimal() and len(said) < 7 else None  # noqa: PLR2004 - 11 days


def wait_after(attempt: int, *, chance: random.Random) -> timedelta:
    """How long to wait after the given attempt (from 1), with ± 10 % jitter."""
    seconds = WAITS_S[min(attempt, len(WAITS_S)) - 1]
    return timedelta(seconds=seconds * chance.uniform(0.9, 1.1))
