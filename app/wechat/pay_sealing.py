"""What WeChat Pay v3 encrypts: notifications' contents for us (AES-256-GCM), names we send (RSA-OAEP)."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.wechat.errors import Doubt, Untrusted
from app.wechat.pay_signature import PlatformKey

_ALGORITHM = "AEAD_AES_256_GCM"
_NONCE_BYTES = 12
# SHA-1 is the platform's choice (it names no other); in OAEP no attack on it is known.
_OAEP = padding.OAEP(mgf=padding.MGF1(hashes.SHA1()), algorithm=hashes.SHA1(), label=None)  # noqa: S303


def open_resource(resource: Mapping[str, object], *, api_v3_key: bytes) -> bytes:
    """The plain bytes of a notification's ``resource`` or of a downloaded certificate.

    Raises:
        Untrusted: malformed, or it does not open with this key; what is not authentic is never passed through.
    """
    if resource.get("algorithm") != _ALGORITHM:
        raise Untrusted(Doubt.MALFORMED, f"resource.algorithm is not {_ALGORITHM}")
    nonce, bound = resource.get("nonce"), resource.get("associated_data") or ""
    sealed = resource.get("ciphertext")
    if not (isinstance(nonce, str) and isinstance(bound, str) and isinstance(sealed, str)):
        raise Untrusted(Doubt.MALFORMED, "resource lacks nonce or ciphertext")
    if len(nonce.encode()) != _NONCE_BYTES:
        raise Untrusted(Doubt.MALFORMED, f"resource.nonce is not {_NONCE_BYTES} bytes")
    try:
        return AESGCM(api_v3_key).decrypt(nonce.encode(), b64decode(sealed, validate=True), bound.encode())
    except (InvalidTag, ValueError):
        raise Untrusted(Doubt.DECRYPTION, "the resource does not open with this account's APIv3 key") from None


def seal_name(name: str, *, key: PlatformKey) -> str:
    """A person's name for a request; the request's ``Wechatpay-Serial`` must then name ``key.serial``."""
    return b64encode(key.key.encrypt(name.encode(), _OAEP)).decode()
