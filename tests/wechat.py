"""The platform's side in tests: keys made once a process, signed and sealed messages as WeChat sends them."""

from __future__ import annotations

import functools
import json
from base64 import b64encode
from datetime import timedelta, timezone

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from app.wechat import push_crypto

PUB_KEY_ID = "PUB_KEY_ID_0119000001092026112300000000000001"
API_V3_KEY = "0123456789abcdef0123456789abcdef"
CHINA = timezone(timedelta(hours=8))
TOKEN, APPID, ORIGINAL_ID = "AAAAA", "wxb11529c136998cb6", "gh_a0b1c2d3e4f5"
ENCODING_AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
ORDER_ID = 3705115058471208928  # beyond 2^53, and no text


@functools.cache
def private_key(name):
    """A key of this run; ``name`` only tells one from another."""
    assert name
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def platform_pem():
    public = private_key("platform").public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def merchant_pem():
    return private_key("merchant").private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def certificate_pem(by, *, serial, begins, ends):
    """A platform certificate of the key ``by``."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Tenpay.com sign")])
    building = x509.CertificateBuilder(name, name, private_key(by).public_key(), serial, begins, ends)
    return building.sign(private_key("root"), hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def certificates_answer(*pems, key=API_V3_KEY):
    """What ``GET /v3/certificates`` answers with, not yet signed."""
    data = []
    for number, pem in enumerate(pems):
        serial = f"{x509.load_pem_x509_certificate(pem.encode()).serial_number:X}"
        nonce = f"nonce{number:07d}"
        sealed = AESGCM(key.encode()).encrypt(nonce.encode(), pem.encode(), b"certificate")
        resource = {"algorithm": "AEAD_AES_256_GCM", "nonce": nonce, "associated_data": "certificate"}
        resource["ciphertext"] = b64encode(sealed).decode()
        data.append({"serial_no": serial, "effective_time": "-", "expire_time": "-", "encrypt_certificate": resource})
    return json.dumps({"data": data}).encode()


def signed_headers(body, *, now, nonce="5K8264ILTKCH16CQ2502SI8ZNMTM67VS", by="platform", serial=PUB_KEY_ID):
    timestamp = str(int(now.timestamp()))
    message = f"{timestamp}\n{nonce}\n".encode() + body + b"\n"
    signature = private_key(by).sign(message, padding.PKCS1v15(), hashes.SHA256())
    return {
        "wechatpay-serial": serial,
        "wechatpay-timestamp": timestamp,
        "wechatpay-nonce": nonce,
        "wechatpay-signature": b64encode(signature).decode(),
    }


def sealed_resource(content, *, original_type, key=API_V3_KEY, nonce="Kj7QIyUiYx1q"):
    plain = json.dumps(content, ensure_ascii=False).encode()
    sealed = AESGCM(key.encode()).encrypt(nonce.encode(), plain, original_type.encode())
    return {
        "original_type": original_type,
        "algorithm": "AEAD_AES_256_GCM",
        "ciphertext": b64encode(sealed).decode(),
        "associated_data": original_type,
        "nonce": nonce,
    }


def pay_notice(
    content, *, original_type, now, event_type="TRANSACTION.SUCCESS", notice_id="EV-1", key=API_V3_KEY, **signing
):
    """A notification's headers and body."""
    envelope = {
        "id": notice_id,
        "create_time": now.astimezone(CHINA).isoformat(timespec="seconds"),
        "resource_type": "encrypt-resource",
        "event_type": event_type,
        "summary": signing.pop("summary", "通知"),
        "resource": sealed_resource(content, original_type=original_type, key=key),
    }
    body = json.dumps(envelope, ensure_ascii=False).encode()
    return signed_headers(body, now=now, **signing), body


def shop_push(content, *, now, nonce="1714036504", token=TOKEN, encoding_aes_key=ENCODING_AES_KEY, appid=APPID):
    """A push's query and body; ``content`` is bytes, or what becomes JSON."""
    plain = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode()
    sealed = push_crypto.encrypt(plain, key=push_crypto.read_aes_key(encoding_aes_key), appid=appid)
    timestamp = str(int(now.timestamp()))
    query = {
        "timestamp": timestamp,
        "nonce": nonce,
        "openid": "OPENID",
        "encrypt_type": "aes",
        "msg_signature": push_crypto.signature(token, timestamp, nonce, sealed),
    }
    return query, json.dumps({"ToUserName": ORIGINAL_ID, "Encrypt": sealed}).encode()


def order_event(event, *, now, **order_info):
    """The content of a push about an order."""
    return {
        "ToUserName": ORIGINAL_ID,
        "FromUserName": "OPENID",
        "CreateTime": int(now.timestamp()),
        "MsgType": "event",
        "Event": event,
        "order_info": {"order_id": ORDER_ID, **order_info},
    }


PAYMENT = {
    "mchid": "1900000109",
    "appid": "wxd678efh567hg6787",
    "out_trade_no": "1217752501201407033233368018",
    "transaction_id": "4301202590202412295635625586",
    "trade_type": "JSAPI",
    "trade_state": "SUCCESS",
    "success_time": "2026-11-23T17:59:30+08:00",
    "payer": {"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},
    "amount": {"total": 15990, "payer_total": 15990, "currency": "CNY", "payer_currency": "CNY"},
}


def accounts_text(*, pay_url="https://api.mch.weixin.qq.com", shop_url="https://api.weixin.qq.com", **more):
    """Accounts as an operator writes them: two merchants and two shops, each with its own keys."""
    pay = {
        "mchid": "1900000109",
        "shop_id": "shop-7",
        "api_v3_key": API_V3_KEY,
        "platform_keys": {PUB_KEY_ID: platform_pem()},
        "serial": "7132D72A03E93CDDF8C03BBD1F37EEDF5F5B0D2C",
        "private_key": merchant_pem(),
        "base_url": pay_url,
    }
    shop = {
        "shop_id": "shop-7",
        "appid": APPID,
        "original_id": ORIGINAL_ID,
        "token": TOKEN,
        "encoding_aes_key": ENCODING_AES_KEY,
        "app_secret": "s3cr3t",
        "base_url": shop_url,
    }
    other_pay = pay | {"mchid": "1900000999", "shop_id": "shop-8", "api_v3_key": API_V3_KEY[::-1]}
    other_shop = shop | {
        "shop_id": "shop-8",
        "appid": "wx8",
        "token": "other",
        "encoding_aes_key": ENCODING_AES_KEY[::-1],
    }
    accounts = {"wechatpay": {"main": pay, "other": other_pay}, "channels": {"main": shop, "other": other_shop}}
    return json.dumps(accounts | more, ensure_ascii=False)
