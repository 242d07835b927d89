"""Verifying a webhook: is it from the service, whole, and of now? (standard-webhooks 1.0, without another package)."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["Forged", "verify"]


class Forged(Exception):
    """The message is not the service's, was changed, or is too old; answer 400 and do nothing."""


def verify(
    body: bytes,
    headers: Mapping[str, str],
    secrets: str | Sequence[str],
    *,
    tolerance_s: int = 300,
    now: float | None = None,
) -> dict[str, Any]:
    """The message, once its signature fits one of your secrets (two during a rotation).

    Verify the bytes as they came, not JSON written anew. Keep ``webhook-id``: a message can come twice.

    Raises:
        Forged: do nothing with it.
    """
    given = {name.lower(): value for name, value in headers.items()}
    message_id, timestamp = given.get("webhook-id", ""), given.get("webhook-timestamp", "")
    if not message_id or not timestamp.isdecimal():
        raise Forged("the headers are missing or malformed")
    if abs((time.time() if now is None else now) - int(timestamp)) > tolerance_s:
        raise Forged("the message is too old or too early: is this machine's clock right?")
    signed = f"{message_id}.{timestamp}.".encode() + body
    told = [each.partition(",")[2] for each in given.get("webhook-signature", "").split() if each.startswith("v1,")]
    for secret in [secrets] if isinstance(secrets, str) else secrets:
        key = b64decode(secret.removeprefix("whsec_"))
        ours = b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        if any(hmac.compare_digest(ours.encode(), each.encode()) for each in told):
            message: dict[str, Any] = json.loads(body)
            return message
    raise Forged("no signature fits")
