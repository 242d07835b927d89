"""Asking WeChat Pay over HTTP: signed both ways, and a silence is never taken for an answer."""

from __future__ import annotations

import re
import socket
from base64 import b64decode
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from app.errors import InvalidInput
from app.wechat.errors import Doubt, PlatformBusy, PlatformRefused, Untrusted
from app.wechat.pay_client import PayClient
from app.wechat.pay_signature import read_merchant_key, read_platform_key
from tests.peers import answering
from tests.wechat import PUB_KEY_ID, merchant_pem, platform_pem, private_key, signed_headers

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
KEYS = {PUB_KEY_ID: read_platform_key(platform_pem(), serial=PUB_KEY_ID)}
MERCHANT = read_merchant_key(merchant_pem(), mchid="1900000109", serial="abc")


def client(url, **more):
    return PayClient(MERCHANT, KEYS, base_url=url, **{"allow_private": True} | more)


def plays(status, body, **signing):
    """A platform that signs its answer, or with ``signs=False`` does not."""
    signs = signing.pop("signs", True)
    headers = signed_headers(body, **{"now": NOW} | signing) if signs else {}
    return lambda *_: (status, headers, body)


def test_a_request_carries_a_signature_that_fits_and_its_signed_answer_is_read():
    got = []

    def platform(method, path, headers, body):
        got.append((method, path, headers, body))
        answer = b'{"max_ratio":2000,"big":3705115058471208928}'
        return 200, signed_headers(answer, now=NOW), answer

    with answering(platform) as url:
        said = client(url).post("/v3/x?a=1", {"amount": 888, "description": "分给商户A"}, now=NOW)

    [(method, path, headers, body)] = got
    parts = dict(re.findall(r'(\w+)="([^"]*)"', headers["authorization"]))
    message = f"{method}\n{path}\n{parts['timestamp']}\n{parts['nonce_str']}\n".encode() + body + b"\n"
    public = private_key("merchant").public_key()
    public.verify(b64decode(parts["signature"]), message, padding.PKCS1v15(), hashes.SHA256())
    assert headers["wechatpay-serial"] == PUB_KEY_ID
    assert said == {"max_ratio": 2000, "big": 3705115058471208928}


@pytest.mark.parametrize(
    ("play", "doubt"),
    [
        (plays(200, b"{}", signs=False), Doubt.MALFORMED),
        (plays(200, b"{}", by="forger"), Doubt.SIGNATURE),
        (plays(200, b"{}", serial="PUB_KEY_ID_X"), Doubt.UNKNOWN_KEY),
        (plays(200, b"[]"), Doubt.MALFORMED),
    ],
)
def test_an_answer_the_platform_did_not_sign_is_not_believed(play, doubt):
    with answering(play) as url, pytest.raises(Untrusted) as caught:
        client(url).get("/v3/x", now=NOW)

    assert caught.value.doubt is doubt


@pytest.mark.parametrize(
    ("status", "body", "error", "code"),
    [
        (400, b'{"code":"INVALID_REQUEST","message":"no"}', PlatformRefused, "INVALID_REQUEST"),
        (404, b'{"code":"RESOURCE_NOT_EXISTS"}', PlatformRefused, "RESOURCE_NOT_EXISTS"),
        (429, b'{"code":"RATELIMIT_EXCEED"}', PlatformBusy, "RATELIMIT_EXCEED"),
        (403, b'{"code":"FREQUENCY_LIMITED"}', PlatformBusy, "FREQUENCY_LIMITED"),
        (500, b'{"code":"SYSTEM_ERROR"}', PlatformBusy, "SYSTEM_ERROR"),
        (502, b"<html>", PlatformBusy, ""),
        (302, b"", Untrusted, None),
    ],
)
def test_a_refusal_is_told_from_a_platform_that_cannot_answer_now(status, body, error, code):
    with answering(plays(status, body, signs=False)) as url, pytest.raises(error) as caught:
        client(url).get("/v3/x", now=NOW)

    assert getattr(caught.value, "platform_code", None) == code


def test_a_peer_that_says_nothing_too_much_or_is_gone_is_busy_and_a_private_one_is_not_asked():
    with answering(plays(200, b" " * (2**20 + 1))) as url, pytest.raises(PlatformBusy, match="longer"):
        client(url).get("/v3/x", now=NOW)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"http://127.0.0.1:{mute.getsockname()[1]}"
        with pytest.raises(PlatformBusy, match="ReadTimeout"):
            client(url, timeout_s=0.1).get("/v3/x", now=NOW)
    with pytest.raises(PlatformBusy, match="ConnectError"):
        client(url).get("/v3/x", now=NOW)
    with pytest.raises(InvalidInput):
        client("https://127.0.0.1", allow_private=False).get("/v3/x", now=NOW)
