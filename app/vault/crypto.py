"""Sealing one value: authenticated encryption bound to the exact place it stands in.

The place (tenant, table, column, row, person, key generation) is authenticated with the value, so a ciphertext moved to
another row or person does not open. Parts are length-prefixed before they are joined: joining with a separator would
make (``a|b``, ``c``) equal (``a``, ``b|c``). Format: ver(1) alg(1) generation(2) nonce(12) ciphertext tag(16). The
algorithm byte is authenticated too, and each algorithm has a key of its own, so a value never opens as another's.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import struct
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.errors import AppError
from app.vault.ciphers import KEY_LENGTHS, TAG_BYTES, Aead, Algorithm, cipher

VERSION = 1
KEY_BYTES = 32
GENERATION_MAX = 0xFFFF
_HEAD = struct.Struct(">BBH12s")
_WRAPPED_BYTES = 12 + KEY_BYTES + TAG_BYTES
_LENGTH = struct.Struct(">I")


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


class PersonKey:
    """One person's key of one generation, with the ciphers made of it. Its ``repr`` shows nothing."""

    __slots__ = ("_ciphers", "_secret")

    def __init__(self, secret: bytes) -> None:
        assert len(secret) == KEY_BYTES, "a shorter key would be a weaker cipher"
        self._secret = secret
        self._ciphers: dict[Algorithm, Aead] = {}

    def cipher(self, algorithm: Algorithm) -> Aead:
        """The cipher of that algorithm under this key; made once, because making one costs more than a short value."""
        made = self._ciphers.get(algorithm)
        if made is None:
            made = self._ciphers[algorithm] = cipher(algorithm, _key_of(self._secret, algorithm))
        return made

    def branch(self, label: str) -> bytes:
        """A key for one other use, derived from this one."""
        return branch(self._secret, label)

    def __repr__(self) -> str:
        return "PersonKey()"


def length_prefixed(*parts: str | int) -> bytes:
    """Parts as bytes that no other list of parts gives."""
    encoded = [str(part).encode() for part in parts]
    return b"".join([_LENGTH.pack(len(part)) + part for part in encoded])


def seal(
    plain: bytes,
    *,
    key: PersonKey,
    place: Place,
    algorithm: Algorithm = Algorithm.AES_256_GCM,
    nonce: bytes | None = None,
) -> bytes:
    """Seal ``plain`` for ``place``; ``nonce`` (12 bytes) is given only by tests against public vectors."""
    nonce = os.urandom(12) if nonce is None else nonce
    head = _HEAD.pack(VERSION, algorithm, place.generation, nonce)
    return head + key.cipher(algorithm).encrypt(nonce, plain, _bound(place, algorithm))


def generation_of(sealed: bytes) -> int:
    """Which key generation a sealed value names, or SealBroken when it is none of our formats."""
    return _read_head(sealed)[1]


def algorithm_of(sealed: bytes) -> Algorithm:
    """Which algorithm a sealed value names, or SealBroken when it is none of our formats."""
    return _read_head(sealed)[0]


def unseal(sealed: bytes, *, key: PersonKey, place: Place) -> bytes:
    """The value sealed for exactly this place; raises SealBroken otherwise."""
    algorithm, generation, nonce = _read_head(sealed)
    if generation != place.generation:
        raise SealBroken("the sealed value names another key generation")
    try:
        return key.cipher(algorithm).decrypt(nonce, sealed[_HEAD.size :], _bound(place, algorithm))
    except InvalidTag:
        raise SealBroken("the sealed value was changed, moved or sealed under another key") from None


def wrap(key: bytes, *, kek: bytes, bound: bytes) -> bytes:
    """A key encrypted under a key-encryption key, bound to whose it is."""
    nonce = os.urandom(12)
    return nonce + AESGCM(kek).encrypt(nonce, key, bound)


def unwrap(wrapped: bytes, *, kek: bytes, bound: bytes) -> bytes:
    """The wrapped key again; raises SealBroken when the wrapping does not fit."""
    if len(wrapped) != _WRAPPED_BYTES:
        raise SealBroken("a person's wrapped key is damaged")
    try:
        return AESGCM(kek).decrypt(wrapped[:12], wrapped[12:], bound)
    except InvalidTag:
        raise SealBroken("a person's key does not open under this key-encryption key") from None


def key_bound(*, tenant: str, person: str, generation: int, kek_version: int) -> bytes:
    """What a wrapped key is bound to."""
    return length_prefixed("dek", tenant, person, generation, kek_version)


def branch(secret: bytes, label: str, *, length: int = KEY_BYTES) -> bytes:
    """A key for one use, derived so that no two uses share a key (HKDF-SHA256, RFC 5869)."""
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=None, info=b"weiheng/1/" + label.encode()).derive(secret)


def mac(key: bytes, message: bytes) -> bytes:
    """HMAC-SHA256 (RFC 2104): what only the holder of the key can compute."""
    return hmac.new(key, message, hashlib.sha256).digest()


def _key_of(secret: bytes, algorithm: Algorithm) -> bytes:
    """AES-256-GCM takes a person's key as it is, because values of the first version were sealed so."""
    if algorithm is Algorithm.AES_256_GCM:
        return secret
    return branch(secret, f"seal/{algorithm.value}", length=KEY_LENGTHS[algorithm])


def _read_head(sealed: bytes) -> tuple[Algorithm, int, bytes]:
    if len(sealed) < _HEAD.size + TAG_BYTES:
        raise SealBroken("the sealed value is too short")
    version, algorithm, generation, nonce = _HEAD.unpack_from(sealed)
    if version != VERSION or algorithm not in _ALGORITHMS:
        raise SealBroken(f"unknown sealed format {version}/{algorithm}")
    return _ALGORITHMS[algorithm], generation, nonce


def _bound(place: Place, algorithm: Algorithm) -> bytes:
    return length_prefixed(
        "pii/1",
        algorithm.value,
        place.tenant,
        place.table,
        place.column,
        place.row,
        place.person,
        place.generation,
    )


_ALGORITHMS = {each.value: each for each in Algorithm}
