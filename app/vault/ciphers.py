"""The three ciphers values are sealed with, by the byte that names them in a sealed value.

AES-256-GCM is the default. AES-256-GCM-SIV (RFC 8452) keeps its promise even if a nonce should ever repeat. SM4-GCM
(RFC 8998) is there for deployments that must use the national algorithms (国密). A nonce is given only by tests against
public vectors; elsewhere ``crypto`` draws a fresh one.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESGCMSIV

TAG_BYTES = 16


class Algorithm(IntEnum):
    """The algorithm byte of a sealed value."""

    AES_256_GCM = 1
    AES_256_GCM_SIV = 2
    SM4_GCM = 3


NAMES = {
    "aes-256-gcm": Algorithm.AES_256_GCM,
    "aes-256-gcm-siv": Algorithm.AES_256_GCM_SIV,
    "sm4-gcm": Algorithm.SM4_GCM,
}
KEY_LENGTHS = {Algorithm.AES_256_GCM: 32, Algorithm.AES_256_GCM_SIV: 32, Algorithm.SM4_GCM: 16}


class Aead(Protocol):
    """Authenticated encryption with associated data; the tag stands behind the cipher text."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """Cipher text and tag."""
        ...

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """The plain text; raises InvalidTag."""
        ...


def cipher(algorithm: Algorithm, key: bytes) -> Aead:
    """The cipher under a key of exactly its length."""
    assert len(key) == KEY_LENGTHS[algorithm], "a key of another length is another cipher"
    return _CIPHERS[algorithm](key)


class _Sm4Gcm:
    """SM4 in Galois/Counter mode, which the library offers as a mode but not as a ready AEAD."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """Cipher text and tag."""
        worker = Cipher(algorithms.SM4(self._key), modes.GCM(nonce)).encryptor()
        worker.authenticate_additional_data(associated_data or b"")
        return worker.update(data) + worker.finalize() + worker.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """The plain text; raises InvalidTag."""
        if len(data) < TAG_BYTES:
            raise InvalidTag
        worker = Cipher(algorithms.SM4(self._key), modes.GCM(nonce, data[-TAG_BYTES:])).decryptor()
        worker.authenticate_additional_data(associated_data or b"")
        return worker.update(data[:-TAG_BYTES]) + worker.finalize()


_CIPHERS: dict[Algorithm, Callable[[bytes], Aead]] = {
    Algorithm.AES_256_GCM: AESGCM,
    Algorithm.AES_256_GCM_SIV: AESGCMSIV,
    Algorithm.SM4_GCM: _Sm4Gcm,
}
