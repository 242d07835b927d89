"""The crypto of WeChat agrees with what the platform's own SDKs and pages publish."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.wechat import push_crypto
from app.wechat.errors import Doubt, Untrusted
from app.wechat.pay_sealing import open_resource
from app.wechat.pay_signature import read_platform_key, verify

FOLDER = Path(__file__).resolve().parents[2] / "vectors"
VECTORS = json.loads((FOLDER / "wechat.json").read_text("utf-8"))
SIGNED = VECTORS["signed_notification"]
BODY = (FOLDER / "wechatpay/golden_body.json").read_bytes()
KEY = read_platform_key((FOLDER / "wechatpay/golden_cert.pem").read_text("ascii"), serial=SIGNED["serial"])
HEADERS = {
    "wechatpay-serial": SIGNED["serial"],
    "wechatpay-timestamp": SIGNED["timestamp"],
    "wechatpay-nonce": SIGNED["nonce"],
    "wechatpay-signature": (FOLDER / "wechatpay/golden_sig.txt").read_text("ascii").strip(),
}
THEN = datetime.fromtimestamp(int(SIGNED["timestamp"]), UTC)
PUSH = VECTORS["push_account"]
AES_KEY = push_crypto.read_aes_key(PUSH["encoding_aes_key"])


def doubt_of(call, *arguments, **named):
    with pytest.raises(Untrusted) as caught:
        call(*arguments, **named)
    return caught.value.doubt


def test_as_many_vectors_are_tried_as_are_published():
    counts = {name: len(VECTORS[name]) for name in ("sealed_resources", "address_checks", "pushes")}

    assert counts == {"sealed_resources": 2, "address_checks": 2, "pushes": 2}


def test_the_signed_notification_verifies_and_no_changed_one_does():
    keys = {KEY.serial: KEY}
    verify(keys, HEADERS, BODY, now=THEN)

    assert doubt_of(verify, keys, HEADERS, BODY + b"\n", now=THEN) is Doubt.SIGNATURE
    for name, value in (("wechatpay-timestamp", "1624523847"), ("wechatpay-nonce", SIGNED["nonce"][::-1])):
        assert doubt_of(verify, keys, HEADERS | {name: value}, BODY, now=THEN) is Doubt.SIGNATURE
    assert doubt_of(verify, {}, HEADERS, BODY, now=THEN) is Doubt.UNKNOWN_KEY


@pytest.mark.parametrize(("seconds", "is_stale"), [(299, False), (300, True), (-299, False), (-300, True)])
def test_a_notification_is_stale_from_300_seconds_on_either_side(seconds, is_stale):
    now, keys = THEN + timedelta(seconds=seconds), {KEY.serial: KEY}

    if is_stale:
        assert doubt_of(verify, keys, HEADERS, BODY, now=now) is Doubt.STALE
    else:
        verify(keys, HEADERS, BODY, now=now)
    verify(keys, HEADERS, BODY, now=None)


@pytest.mark.parametrize("vector", VECTORS["sealed_resources"])
def test_a_sealed_resource_opens_whole_or_not_at_all(vector):
    key, resource = vector["key"].encode(), vector["resource"]

    assert open_resource(resource, api_v3_key=key).decode() == vector["plain"]
    assert doubt_of(open_resource, resource, api_v3_key=key[::-1]) is Doubt.DECRYPTION
    assert doubt_of(open_resource, resource | {"associated_data": "other"}, api_v3_key=key) is Doubt.DECRYPTION
    flipped = resource["ciphertext"].translate(str.maketrans("AB", "BA"))
    assert doubt_of(open_resource, resource | {"ciphertext": flipped}, api_v3_key=key) is Doubt.DECRYPTION


@pytest.mark.parametrize("vector", VECTORS["address_checks"])
def test_an_address_check_has_the_published_signature(vector):
    given = vector.pop("signature")

    push_crypto.check_signature(given, **vector)
    assert doubt_of(push_crypto.check_signature, given[::-1], **vector) is Doubt.SIGNATURE


@pytest.mark.parametrize("vector", VECTORS["pushes"])
def test_a_push_is_signed_and_encrypted_as_published(vector):
    asked = (PUSH["token"], PUSH["timestamp"], PUSH["nonce"], vector["encrypt"])
    named = {"key": AES_KEY, "appid": PUSH["appid"]}

    push_crypto.check_signature(vector["msg_signature"], *asked)
    assert push_crypto.decrypt(vector["encrypt"], **named).decode() == vector["plain"]
    assert push_crypto.encrypt(vector["plain"].encode(), **named, random=PUSH["random"].encode()) == vector["encrypt"]
    assert doubt_of(push_crypto.decrypt, vector["encrypt"], key=AES_KEY, appid="wx0") is Doubt.DECRYPTION
