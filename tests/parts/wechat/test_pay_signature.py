"""Signing as the platform checks it, keys by either name, and signatures that must never be believed."""

from __future__ import annotations

import re
from base64 import b64decode
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from hypothesis import given
from hypothesis import strategies as st

from app.wechat import push_crypto
from app.wechat.errors import Doubt, Untrusted
from app.wechat.pay_sealing import seal_name
from app.wechat.pay_signature import PlatformKey, authorization, read_merchant_key, read_platform_key, verify
from tests.wechat import PUB_KEY_ID, merchant_pem, platform_pem, signed_headers

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
PLATFORM = read_platform_key(platform_pem(), serial=PUB_KEY_ID)
MERCHANT = read_merchant_key(merchant_pem(), mchid="1900000109", serial="abc123")


def test_a_request_is_signed_over_method_path_time_nonce_and_body():
    header = authorization(
        MERCHANT, method="POST", path="/v3/x?y=1", body="分".encode(), timestamp=1_700_000_000, nonce="n" * 32
    )

    said = dict(re.findall(r'(\w+)="([^"]*)"', header))
    assert header.startswith("WECHATPAY2-SHA256-RSA2048 ")
    assert (said["mchid"], said["serial_no"], said["timestamp"]) == ("1900000109", "ABC123", "1700000000")
    message = f"POST\n/v3/x?y=1\n1700000000\n{'n' * 32}\n分\n".encode()
    MERCHANT.key.public_key().verify(b64decode(said["signature"]), message, padding.PKCS1v15(), hashes.SHA256())


def test_a_public_key_is_found_by_its_id_and_a_probe_is_never_believed():
    headers, keys = signed_headers(b"{}", now=NOW), {PUB_KEY_ID: PLATFORM}
    verify(keys, headers, b"{}", now=NOW)

    for changed, doubt in (
        ({"wechatpay-signature": "WECHATPAY/SIGNTEST/" + headers["wechatpay-signature"]}, Doubt.PROBE),
        ({"wechatpay-serial": "PUB_KEY_ID_OTHER"}, Doubt.UNKNOWN_KEY),
        ({"wechatpay-signature": "no base64!"}, Doubt.SIGNATURE),
        ({"wechatpay-timestamp": "1e9"}, Doubt.MALFORMED),
        ({"wechatpay-nonce": "a\nb"}, Doubt.MALFORMED),
        ({"wechatpay-signature-type": "WECHATPAY2-SM2-WITH-SM3"}, Doubt.MALFORMED),
    ):
        with pytest.raises(Untrusted) as caught:
            verify(keys, headers | changed, b"{}", now=NOW)
        assert caught.value.doubt is doubt


def test_a_key_under_a_wrong_name_or_of_another_kind_is_refused():
    with pytest.raises(ValueError, match="PUB_KEY_ID"):
        read_platform_key(platform_pem())
    with pytest.raises(ValueError):
        read_merchant_key(platform_pem(), mchid="1", serial="1")
    assert "key=" not in repr(MERCHANT)


def test_a_sealed_name_is_read_by_the_platform_alone():
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    sealed = seal_name("张三", key=PlatformKey("PUB_KEY_ID_2", private.public_key()))

    scheme = padding.OAEP(mgf=padding.MGF1(hashes.SHA1()), algorithm=hashes.SHA1(), label=None)  # noqa: S303
    assert private.decrypt(b64decode(sealed), scheme).decode() == "张三"


@given(message=st.binary(max_size=200), appid=st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=20))
def test_every_push_comes_back_as_it_was_and_only_with_its_appid(message, appid):
    key = bytes(range(32))
    sealed = push_crypto.encrypt(message, key=key, appid=appid)

    assert push_crypto.decrypt(sealed, key=key, appid=appid) == message
    with pytest.raises(Untrusted):
        push_crypto.decrypt(sealed, key=key, appid=appid + "x")


@given(st.one_of(st.text(max_size=100), st.binary(max_size=96).map(lambda raw: raw.hex())))
def test_nothing_but_untrusted_comes_of_a_damaged_push(sealed):
    with pytest.raises(Untrusted):
        push_crypto.decrypt(sealed, key=bytes(range(32)), appid="wx1")
