"""WeChat Pay's platform certificates: asked for, opened by the APIv3 key, and believed only with a signature.

``GET /v3/certificates`` answers with every certificate that is or soon will be in force, each sealed by the merchant's
APIv3 key; a new one is given out before the old one ends, so both hold for a while. The answer is signed as any is.
A present key has to vouch for it. Only where none is in force, at the very first time or after all have ended, may a
certificate of the answer itself do so, and then it is the APIv3 key alone that speaks for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.wechat.errors import Doubt, Untrusted
from app.wechat.pay_client import PayClient
from app.wechat.pay_sealing import open_resource
from app.wechat.pay_signature import PlatformKey, read_platform_key, verify
from app.wechat.reading import part, parts, read_json, text

PATH = "/v3/certificates"


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate, and the resource it was opened from: whoever has the APIv3 key can open it again."""

    key: PlatformKey
    resource: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Given:
    """What the platform gave; ``vouched_by`` is the serial number of the key that signed the answer."""

    certificates: tuple[Certificate, ...]
    vouched_by: str


def ask_certificates(client: PayClient, *, api_v3_key: bytes, now: datetime, anew: bool = False) -> Given:
    """The platform's certificates. ``anew`` lets the answer vouch for itself although a present key is in force.

    Raises:
        PlatformRefused: the platform has none for this merchant, or takes no question of it.
        PlatformBusy: no answer now.
        Untrusted: a certificate that the APIv3 key does not open, or an answer that no believed key signed.
    """
    answer = client.ask("GET", PATH, None, now=now)
    found = [_certificate(each, api_v3_key=api_v3_key) for each in parts(read_json(answer.body), "data")]
    if not found:
        raise Untrusted(Doubt.MALFORMED, "the answer has no certificate")
    own = {each.key.serial: each.key for each in found if each.key.holds_at(now)}
    present = {serial: key for serial, key in client.keys.items() if key.holds_at(now)}
    vouching = own if anew or not present else present
    verify(vouching, answer.headers, answer.body, now=now)
    return Given(tuple(found), answer.headers["wechatpay-serial"])


def open_certificate(resource: Mapping[str, Any], *, api_v3_key: bytes, serial: str) -> PlatformKey:
    """The key of a certificate as the platform sealed it; raises Untrusted."""
    try:
        return read_platform_key(open_resource(resource, api_v3_key=api_v3_key).decode("ascii"), serial=serial)
    except ValueError as error:
        raise Untrusted(Doubt.MALFORMED, f"certificate {serial[:64]}: {error}"[:300]) from None


def in_force(keys: Sequence[PlatformKey], *, now: datetime) -> list[PlatformKey]:
    """Those that hold now, the longest last."""
    holding = [key for key in keys if key.holds_at(now)]
    return sorted(holding, key=lambda key: (key.valid_until is None, key.valid_until or now, key.serial))


def _certificate(given: Mapping[str, Any], *, api_v3_key: bytes) -> Certificate:
    serial, resource = text(given, "serial_no"), part(given, "encrypt_certificate")
    if serial is None:
        raise Untrusted(Doubt.MALFORMED, "a certificate has no serial_no")
    return Certificate(open_certificate(resource, api_v3_key=api_v3_key, serial=serial), resource)
