"""Sealing one value: AES-256-GCM bound to the exact place it stands in.

The place (tenant, table, column, row, person, key generation) is authenticated with the value, so a ciphertext moved to
another row or person does not open. Parts are length-prefixed before they are joined: joining with a separator would
make (``a|b``, ``c``) equal (``a``, ``b|c``). Format: ver(1) alg(1) generation(2) nonce(12) ciphertext tag(16).
"""

from __future__ import annotations

import os
import struct
from dataclasses import astuple, dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.errors import AppError

VERSION = 1
AES_256_GCM = 1
KEY_BYTES = 32
_HEAD = struct.Struct(">BBH12s")
_TAG_BYTES = 16
_WRAPPED_BYTES = 12 + KEY_BYTES + _TAG_BYTES


class SealBroken(AppError):
    """A sealed value did not open: wrong key, wrong place or damaged. Never passed through as if it were a value."""

    code = "seal_broken"
    status = 500
    title = "A sealed value cannot be opened"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed value stands."""

    tenant: str
    table: str
    column: str
    row: str
    person: str
    generation: int


def length_prefixed(*parts: str | int) -> bytes:
    """Parts as bytes that no other list of parts gives."""
    encoded = [str(part).encode() for part in parts]
    return b"".join(struct.pack(">I", len(part)) + part for part in encoded)


def seal(plain: bytes, *, key: bytes, place: Place, nonce: bytes | None = None) -> bytes:
    """Seal ``plain`` for ``place``; ``nonce`` (12 bytes) is given only by tests against public vectors."""
    assert len(key) == KEY_BYTES, "a shorter key would be a weaker cipher"
    nonce = os.urandom(12) if nonce is None else nonce
    head = _HEAD.pack(VERSION, AES_256_GCM, place.generation, nonce)
    return head + AESGCM(key).encrypt(nonce, plain, _bound(place))


def generation_of(sealed: bytes) -> int:
    """Which key generation a sealed value names, or SealBroken when it is none of our formats."""
    if len(sealed) < _HEAD.size + _TAG_BYTES:
        raise SealBroken("the sealed value is too short")
    version, algorithm, generation, _ = _HEAD.unpack_from(sealed)
    if (version, algorithm) != (VERSION, AES_256_GCM):
        raise SealBroken(f"unknown sealed format {version}/{algorithm}")
    return int(generation)


def unseal(sealed: bytes, *, key: bytes, place: Place) -> bytes:
    """The value sealed for exactly this place; raises SealBroken otherwise."""
    if generation_of(sealed) != place.generation:
        raise SealBroken("the sealed value names another key generation")
    nonce = sealed[4:16]
    try:
        return AESGCM(key).decrypt(nonce, sealed[_HEAD.size :], _bound(place))
    except InvalidTag:
        raise SealBroken("the sealed value was changed, moved or sealed under another key") from None


def wrap_key(key: bytes, *, kek: bytes, kek_version: int, tenant: str, person: str, generation: int) -> bytes:
    """A person's key encrypted under the key-encryption key of that version."""
    nonce = os.urandom(12)
    bound = length_prefixed("dek", tenant, person, generation, kek_version)
    return nonce + AESGCM(kek).encrypt(nonce, key, bound)


def unwrap_key(wrapped: bytes, *, kek: bytes, kek_version: int, tenant: str, person: str, generation: int) -> bytes:
    """The person's key again; raises SealBroken when the wrapping does not fit."""
    bound = length_prefixed("dek", tenant, person, generation, kek_version)
    if len(wrapped) != _WRAPPED_BYTES:
        raise SealBroken("a person's wrapped key is damaged")
    try:
        return AESGCM(kek).decrypt(wrapped[:12], wrapped[12:], bound)
    except InvalidTag:
        raise SealBroken("a person's key does not open under this key-encryption key") from None


def branch(secret: bytes, label: str) -> bytes:
    """A 32-byte key for one use, derived so that no two uses share a key (HKDF-SHA256, RFC 5869)."""
    return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=b"weiheng/1/" + label.encode()).derive(
        secret
    )


def _bound(place: Place) -> bytes:
    return length_prefixed("pii/1", AES_256_GCM, *astuple(place))
