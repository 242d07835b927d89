"""The platform's side in tests: keys made once a process, signed and sealed messages as WeChat sends them."""

from __future__ import annotations

import functools
import json
from base64 import b64encode

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

PUB_KEY_ID = "PUB_KEY_ID_0119000001092026112300000000000001"
API_V3_KEY = "0123456789abcdef0123456789abcdef"


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
