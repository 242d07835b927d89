"""Signatures of WeChat Pay v3: verifying what the platform says, signing what we ask.

Both sign a text of lines that each end in a line feed, so the last line has one too. The platform signs with a key
named by ``Wechatpay-Serial``: the serial number of a platform certificate, or ``PUB_KEY_ID_…`` of its public key; both
may be in force at once while a merchant changes over, so keys are looked up by that name.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from app.wechat.errors import Doubt, Untrusted

ALGORITHM = "WECHATPAY2-SHA256-RSA2048"
TOLERANCE_S = 300  # wechatpay-go, core/auth/validators
_SKEW = timedelta(seconds=TOLERANCE_S)
_PROBE = "WECHATPAY/SIGNTEST/"
_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
_NONCE = re.compile(r"[\x21-\x7e]{1,128}", re.ASCII)


@dataclass(frozen=True, slots=True)
class PlatformKey:
    """One of the platform's keys; from when until when it holds is known of certificates only."""

    serial: str
    key: RSAPublicKey
    valid_until: datetime | None = None
    valid_from: datetime | None = None

    def holds_at(self, at: datetime) -> bool:
        """Whether the key may be used at an instant; two clocks may differ a little."""
        begins = self.valid_from is None or self.valid_from - _SKEW <= at
        return begins and (self.valid_until is None or at <= self.valid_until + _SKEW)


@dataclass(frozen=True, slots=True, repr=False)
class MerchantKey:
    """The merchant's own signing key; its ``repr`` shows nothing of it."""

    mchid: str
    serial: str
    key: RSAPrivateKey

    def __repr__(self) -> str:
        return f"MerchantKey(mchid={self.mchid!r}, serial={self.serial!r})"


def read_platform_key(pem: str, *, serial: str | None = None) -> PlatformKey:
    """A certificate (which knows its serial number) or a public key (whose id must be given).

    Raises:
        ValueError: not such a PEM, not RSA, or a serial that is not the certificate's.
    """
    if "BEGIN CERTIFICATE" in pem:
        certificate = x509.load_pem_x509_certificate(pem.encode())
        own = f"{certificate.serial_number:X}"
        if serial is not None and serial.upper().lstrip("0") != own:
            raise ValueError(f"the certificate's serial number is {own}, not {serial}")
        span = certificate.not_valid_after_utc, certificate.not_valid_before_utc
        return PlatformKey(own, _rsa(certificate.public_key()), *span)
    if serial is None or not serial.startswith("PUB_KEY_ID_"):
        raise ValueError("a public key needs its id, PUB_KEY_ID_…")
    return PlatformKey(serial, _rsa(load_pem_public_key(pem.encode())))


def read_merchant_key(pem: str, *, mchid: str, serial: str) -> MerchantKey:
    """The merchant's private key from ``apiclient_key.pem``; raises ValueError when it is none."""
    key = load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("not an RSA private key")  # noqa: TRY004 - a wrong value, not a wrong argument
    return MerchantKey(mchid, serial.upper(), key)


def verify(
    keys: Mapping[str, PlatformKey],
    headers: Mapping[str, str],
    body: bytes,
    *,
    now: datetime | None,
) -> None:
    """Check who sent ``body``; ``headers`` by lower-case names. Without ``now`` any age is taken.

    Raises:
        Untrusted: with the doubt that is first met: malformed, stale, probe, unknown key, ended key, signature.
    """
    timestamp, nonce = headers.get("wechatpay-timestamp", ""), headers.get("wechatpay-nonce", "")
    given, serial = headers.get("wechatpay-signature", ""), headers.get("wechatpay-serial", "")
    if not (_TIMESTAMP.fullmatch(timestamp) and _NONCE.fullmatch(nonce) and given and serial):
        raise Untrusted(Doubt.MALFORMED, "a Wechatpay-… header is missing or malformed")
    if headers.get("wechatpay-signature-type", ALGORITHM) != ALGORITHM:
        raise Untrusted(Doubt.MALFORMED, f"signed otherwise than by {ALGORITHM}")
    if now is not None and abs(now.timestamp() - int(timestamp)) >= TOLERANCE_S:
        raise Untrusted(Doubt.STALE, f"the timestamp is {TOLERANCE_S} s or more away from now")
    if given.startswith(_PROBE):
        raise Untrusted(Doubt.PROBE, "a probe whether signatures are verified")
    key = keys.get(serial) or keys.get(serial.upper().lstrip("0"))
    if key is None:
        raise Untrusted(Doubt.UNKNOWN_KEY, "signed with a platform key that is neither configured nor fetched")
    if now is not None and not key.holds_at(now):
        raise Untrusted(Doubt.ENDED_KEY, f"signed with the certificate {key.serial}, which is not in force")
    message = f"{timestamp}\n{nonce}\n".encode() + body + b"\n"
    try:
        key.key.verify(b64decode(given, validate=True), message, padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError):
        raise Untrusted(Doubt.SIGNATURE, "the signature does not fit the body") from None


def authorization(key: MerchantKey, *, method: str, path: str, body: bytes, timestamp: int, nonce: str) -> str:
    """The ``Authorization`` header of a request; ``path`` with its query, as it is sent."""
    message = f"{method}\n{path}\n{timestamp}\n{nonce}\n".encode() + body + b"\n"
    signature = b64encode(key.key.sign(message, padding.PKCS1v15(), hashes.SHA256())).decode()
    return (
        f'{ALGORITHM} mchid="{key.mchid}",nonce_str="{nonce}",signature="{signature}",'
        f'timestamp="{timestamp}",serial_no="{key.serial}"'
    )


def _rsa(key: object) -> RSAPublicKey:
    if not isinstance(key, RSAPublicKey):
        raise ValueError("not an RSA public key")  # noqa: TRY004 - a wrong value, not a wrong argument
    return key
