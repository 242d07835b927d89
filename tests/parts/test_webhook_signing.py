"""Webhooks are signed as standard-webhooks says, and retried over 75 hours."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from standardwebhooks import Webhook, WebhookVerificationError

from app.outbox.messages import new_secret
from app.outbox.sending import WAITS_S, signature, wait_after

AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
BODY = '{"type":"content.outcome","data":{"content_id":"视频-1"}}'.encode()


def signed(*secrets, body=BODY):
    stamp = int(AT.timestamp())
    made = signature(secrets=secrets, message_id="m-1", timestamp=stamp, body=body)
    return {"webhook-id": "m-1", "webhook-timestamp": str(stamp), "webhook-signature": made}


@time_machine.travel(AT, tick=False)
def test_the_public_package_accepts_our_signature():
    secret = new_secret()

    assert Webhook(secret).verify(BODY, signed(secret))["type"] == "content.outcome"


@time_machine.travel(AT, tick=False)
def test_while_a_secret_is_rotated_both_verify():
    old, new = new_secret(), new_secret()

    for secret in (old, new):
        assert Webhook(secret).verify(BODY, signed(new, old))


@time_machine.travel(AT, tick=False)
@pytest.mark.parametrize(
    "changed",
    [{"webhook-id": "m-2"}, {"webhook-timestamp": str(int(AT.timestamp()) + 1)}, {"webhook-signature": "v1,AAAA"}],
)
def test_a_changed_header_does_not_verify(changed):
    secret = new_secret()

    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY, signed(secret) | changed)


def test_another_secret_does_not_verify():
    with time_machine.travel(AT, tick=False), pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(BODY, signed(new_secret()))


def test_waits_grow_to_75_hours_and_jitter_keeps_within_a_tenth():
    chance = random.Random(1)

    assert sum(WAITS_S) == 75 * 3600
    assert list(WAITS_S) == sorted(WAITS_S)
    for attempt, seconds in enumerate(WAITS_S, 1):
        for _ in range(50):
            wait = wait_after(attempt, chance=chance)
            assert timedelta(seconds=seconds * 0.9) <= wait <= timedelta(seconds=seconds * 1.1)
    assert wait_after(99, chance=chance) >= timedelta(seconds=WAITS_S[-1] * 0.9)
