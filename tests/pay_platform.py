"""WeChat Pay's compensation endpoint as a small real HTTP server: it verifies us, signs its answers, and misbehaves.

``faults`` is a script for calls that ask to pay: ``lost`` does it and cuts the line, ``limited`` answers 429,
``forged`` signs something else than it says, ``failing`` answers 500 after doing it; other words are refusals.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from base64 import b64decode
from contextlib import contextmanager
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from app.money.channels.wechat_pay import open_channel
from app.settings import Settings
from tests.peers import answering
from tests.wechat import PUB_KEY_ID, merchant_pem, platform_pem, private_key, signed_headers

PATH = "/v3/platsolution/ecommerce/mch-transfer/compensate-bills"
MCHID = "1900000109"
FUND_BILL = "/v3/bill/fundflowbill"


@dataclass
class PayPlatform:
    """What it has paid by number, and how often it was asked to pay each."""

    now: object
    faults: list = field(default_factory=list)
    paid: dict = field(default_factory=dict)
    asked: list = field(default_factory=list)
    state: str = "SUCCESS"
    url: str = ""
    bill: bytes | None = None
    bill_hash: str | None = None
    bill_trouble: tuple | None = None
    packing: object = gzip.compress
    billed: list = field(default_factory=list)

    def play(self, method, path, headers, body):  # noqa: C901, PLR0911 - one a misbehaviour
        if not self._is_signed(method, path, headers, body):
            return self._error(401, "SIGN_ERROR")
        if path.startswith(FUND_BILL):
            return self._describe(path.partition("?")[2])
        if path.startswith("/v3/billdownload/"):
            return 200, {}, self.packing(self.bill)
        if method == "GET":
            number = path.rsplit("/", 1)[1]
            return self._told(number) if number in self.paid else self._error(404, "NOT_FOUND")
        order = json.loads(body)
        self.asked.append(order)
        fault = self.faults.pop(0) if self.faults else None
        if fault in {None, "lost", "forged", "failing"}:
            known = self.paid.setdefault(order["out_bill_no"], order["amount"])
            if known != order["amount"]:
                return self._error(400, "INVALID_REQUEST")
        if fault == "lost":
            raise ConnectionAbortedError
        if fault == "limited":
            return self._error(429, "FREQUENCY_LIMITED")
        if fault == "failing":
            return self._error(500, "SYSTEM_ERROR")
        if fault == "forged":
            status, headers, told = self._told(order["out_bill_no"])
            return status, headers, told.replace(b"SUCCESS", b"CLOSED!")
        return self._told(order["out_bill_no"]) if fault is None else self._error(403, fault)

    def _describe(self, query):
        self.billed.append(query)
        if self.bill_trouble:
            return self.bill_trouble[0], {}, self.bill_trouble[1]
        if self.bill is None:
            return self._error(400, "NO_STATEMENT_EXIST")
        digest = self.bill_hash or hashlib.sha1(self.bill).hexdigest()  # noqa: S324 - the platform's choice
        url = f"{self.url}/v3/billdownload/file?token=t"
        body = json.dumps({"hash_type": "SHA1", "hash_value": digest, "download_url": url}).encode()
        return 200, signed_headers(body, now=self.now), body

    def _told(self, number):
        answer = {"out_bill_no": number, "amount": self.paid[number], "bill_id": f"b-{number[:8]}", "state": self.state}
        body = json.dumps(answer).encode()
        return 200, signed_headers(body, now=self.now), body

    def _error(self, status, code):
        body = json.dumps({"code": code, "message": code}).encode()
        return status, signed_headers(body, now=self.now), body

    def _is_signed(self, method, path, headers, body):
        given = dict(re.findall(r'(\w+)="([^"]*)"', headers.get("authorization", "")))
        message = f"{method}\n{path}\n{given['timestamp']}\n{given['nonce_str']}\n".encode() + body + b"\n"
        try:
            private_key("merchant").public_key().verify(
                b64decode(given["signature"]), message, padding.PKCS1v15(), hashes.SHA256()
            )
        except InvalidSignature:
            return False
        return given["mchid"] == MCHID


def wechat_settings(url, folder):
    return Settings.model_validate(
        {
            "data_dir": folder,
            "payout_channel": "wechat_pay",
            "payout_wechat_url": url,
            "payout_wechat_mchid": MCHID,
            "payout_wechat_serial": "abc",
            "payout_wechat_private_key": merchant_pem(),
            "payout_wechat_platform_key": platform_pem(),
            "payout_wechat_platform_serial": PUB_KEY_ID,
            "payout_wechat_scene_id": "1011",
            "outbox_allow_private": True,
        }
    )


@contextmanager
def pay_platform(now, folder):
    """The platform and a channel that asks it."""
    platform = PayPlatform(now)
    with answering(platform.play) as url:
        platform.url = url
        yield platform, open_channel(wechat_settings(url, folder))
