"""Certificates of erasure: what was erased, when, how much of it, signed so that anybody can check it later.

Ed25519 (RFC 8032) over the SHA-256 of the certificate as JSON with sorted keys. A certificate names the person by their
reference and holds counts, never values.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


@dataclass(frozen=True, slots=True)
class Signed:
    """A certificate with its digest (``sha256:…``) and signature (base64)."""

    certificate: dict[str, Any]
    digest: str
    signature: str


def sign(certificate: Mapping[str, Any], *, secret: bytes) -> Signed:
    """The certificate signed; ``public_key`` is written into it first."""
    key = Ed25519PrivateKey.from_private_bytes(secret)
    whole = dict(certificate) | {"public_key": public_key(secret)}
    digest = digest_of(whole)
    return Signed(whole, digest, base64.b64encode(key.sign(digest.encode())).decode())


def digest_of(certificate: Mapping[str, Any]) -> str:
    """``sha256:…`` of the certificate, whatever the order of its members."""
    return "sha256:" + hashlib.sha256(orjson.dumps(dict(certificate), option=orjson.OPT_SORT_KEYS)).hexdigest()


def line_of(signed: Signed) -> bytes:
    """The line of an erasure list, the same whatever the order a database gives members back in."""
    whole = {"certificate": signed.certificate, "digest": signed.digest, "signature": signed.signature}
    return orjson.dumps(whole, option=orjson.OPT_SORT_KEYS)


def public_key(secret: bytes) -> str:
    """The public key in base64, to be kept outside: who trusts a certificate compares it."""
    return base64.b64encode(Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()).decode()


def is_genuine(signed: Signed, *, trusted_key: str) -> bool:
    """Whether the certificate is unchanged and was signed by the holder of that key."""
    if signed.certificate.get("public_key") != trusted_key or digest_of(signed.certificate) != signed.digest:
        return False
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(trusted_key, validate=True))
        key.verify(base64.b64decode(signed.signature, validate=True), signed.digest.encode())
    except (InvalidSignature, ValueError):
        return False
    return True
