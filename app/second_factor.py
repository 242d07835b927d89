"""The second factor: six digits an officer's own device shows (TOTP, RFC 6238), and codes for the day it is lost.

A step of 30 seconds is taken once: whoever looks over a shoulder cannot use the digits again. Lost devices are met by
ten single-use codes, of which only digests are kept.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

import pyotp

ISSUER = "Weiheng 微衡"
_STEP = timedelta(seconds=30)
_DRIFT = 1
"""Steps a device's clock may be off, either way."""
_CODES = 10
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0 and O, no 1, I and L, no U
_HALF = 5


def new_secret() -> str:
    """A fresh secret in base 32, 160 bits as the RFC recommends."""
    return pyotp.random_base32()


def device_uri(secret: str, *, username: str) -> str:
    """What the square code for the device says."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)


def taken_step(secret: str, code: str, *, last: int | None, now: datetime) -> int | None:
    """The step whose digits these are, later than the last one taken; None when there is none."""
    digits = "".join(code.split())
    if not (digits.isascii() and digits.isdigit()):
        return None
    device, present = pyotp.TOTP(secret), int(now.timestamp() // _STEP.total_seconds())
    for step in range(present - _DRIFT, present + _DRIFT + 1):
        if (last is None or step > last) and secrets.compare_digest(
            device.at(int(step * _STEP.total_seconds())), digits
        ):
            return step
    return None


def new_codes() -> list[str]:
    """Single-use codes, as ABCDE-FGHJK: some 49 bits each."""
    made = ["".join(secrets.choice(_ALPHABET) for _ in range(2 * _HALF)) for _ in range(_CODES)]
    return [f"{each[:_HALF]}-{each[_HALF:]}" for each in made]


def digest_of(code: str) -> str:
    """What is kept of a single-use code, however it was typed."""
    plain = "".join(char for char in code.upper() if char.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()


def without(codes: Sequence[str], code: str) -> list[str] | None:
    """The kept digests without that code; None when it is none of them."""
    used = digest_of(code)
    return [kept for kept in codes if kept != used] if used in codes else None
