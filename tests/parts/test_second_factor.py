"""The second factor: RFC 6238's own numbers, each step taken once, and codes for the day the device is lost."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from app.second_factor import device_uri, digest_of, new_codes, new_secret, taken_step, without

RFC = base64.b32encode(b"12345678901234567890").decode()
# RFC 6238, appendix B, SHA-1: the last six of its eight digits.
VECTORS = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
]


def at(seconds):
    return datetime.fromtimestamp(seconds, UTC)


@pytest.mark.parametrize(("seconds", "digits"), VECTORS)
def test_the_digits_of_the_standard_fit_at_their_time_and_no_minute_later(seconds, digits):
    assert taken_step(RFC, digits, last=None, now=at(seconds)) == seconds // 30
    assert taken_step(RFC, digits, last=None, now=at(seconds) + timedelta(seconds=61)) is None


def test_a_device_may_be_one_step_off_and_a_step_is_taken_once():
    now = at(1_800_000_000)
    early = pyotp.TOTP(RFC).at(now - timedelta(seconds=30))
    step = taken_step(RFC, early, last=None, now=now)

    assert step == 1_800_000_000 // 30 - 1
    assert taken_step(RFC, early, last=step, now=now) is None
    assert taken_step(RFC, pyotp.TOTP(RFC).at(now), last=step, now=now) == step + 1


@pytest.mark.parametrize("typed", ["", "12345", "abcdef", "２８７０８２", "287082000"])
def test_what_is_no_six_digits_never_fits(typed):
    assert taken_step(RFC, typed, last=None, now=at(59)) is None


def test_digits_typed_with_a_space_fit():
    assert taken_step(RFC, " 287 082 ", last=None, now=at(59)) == 1


def test_single_use_codes_are_distinct_kept_as_digests_and_used_up_however_they_are_typed():
    codes = new_codes()
    kept = [digest_of(code) for code in codes]

    left = without(kept, f" {codes[3].lower().replace('-', ' ')} ")

    assert len(set(codes)) == 10
    assert not set(codes) & set(kept)
    assert left == kept[:3] + kept[4:]
    assert without(left, codes[3]) is None


def test_a_device_is_told_who_and_where_by_its_square():
    secret = new_secret()
    uri = device_uri(secret, username="lin")

    assert uri.startswith("otpauth://totp/")
    assert f"secret={secret}" in uri
    assert len(base64.b32decode(secret)) == 20
