"""The message push of 微信小店 and mini-programs: SHA-1 signature and AES-256-CBC, as the platform defines them.

Only the safe mode is taken: in the plain mode the signature covers no byte of the message, so anybody who saw one could
send another. The signature is compared before anything is decrypted, and every failure after it looks the same, or
the padding would tell a forger about the plaintext.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import struct
from base64 import b64decode, b64encode

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from app.wechat.errors import Doubt, Untrusted

_BLOCK = 32  # PKCS#7 over 32 bytes, not over AES's 16
_RANDOM_BYTES = 16
_HEAD_BYTES = _RANDOM_BYTES + 4
_KEY_CHARACTERS = 43
_ONE_ERROR = "the message does not open with this account's EncodingAESKey and appid"


def signature(token: str, timestamp: str, nonce: str, *more: str) -> str:
    """The platform's signature of an address check, or with the ciphertext of a message."""
    return hashlib.sha1("".join(sorted((token, timestamp, nonce, *more))).encode()).hexdigest()  # noqa: S324 - theirs


def check_signature(given: str, token: str, timestamp: str, nonce: str, *more: str) -> None:
    """Compare in constant time; raises Untrusted."""
    if not hmac.compare_digest(signature(token, timestamp, nonce, *more).encode(), given.encode()):
        raise Untrusted(Doubt.SIGNATURE, "the signature does not fit")


def read_aes_key(encoding_aes_key: str) -> bytes:
    """The 32 bytes behind an EncodingAESKey; raises ValueError when it is none."""
    if len(encoding_aes_key) != _KEY_CHARACTERS:
        raise ValueError(f"an EncodingAESKey has {_KEY_CHARACTERS} characters")
    return b64decode(encoding_aes_key + "=", validate=True)


def decrypt(sealed: str, *, key: bytes, appid: str) -> bytes:
    """The message behind ``Encrypt``; raises Untrusted, always with the same words."""
    try:
        data = b64decode(sealed, validate=True)
        opening = Cipher(AES(key), CBC(key[:16])).decryptor()
        padded = opening.update(data) + opening.finalize()
        plain = _unpadded(padded)
        (length,) = struct.unpack_from(">I", plain, _RANDOM_BYTES)
        message, owner = plain[_HEAD_BYTES : _HEAD_BYTES + length], plain[_HEAD_BYTES + length :]
        is_ours = len(message) == length and hmac.compare_digest(owner, appid.encode())
    except (ValueError, struct.error):
        is_ours, message = False, b""
    if not is_ours:
        raise Untrusted(Doubt.DECRYPTION, _ONE_ERROR)
    return message


def encrypt(message: bytes, *, key: bytes, appid: str, random: bytes | None = None) -> str:
    """The platform's own direction, for an encrypted answer; ``random`` (16 bytes) is given only by tests."""
    plain = (random or os.urandom(_RANDOM_BYTES)) + struct.pack(">I", len(message)) + message + appid.encode()
    missing = _BLOCK - len(plain) % _BLOCK
    sealing = Cipher(AES(key), CBC(key[:16])).encryptor()
    return b64encode(sealing.update(plain + bytes([missing]) * missing) + sealing.finalize()).decode()


def _unpadded(padded: bytes) -> bytes:
    count = padded[-1] if padded else 0
    if not 1 <= count <= _BLOCK or padded[-count:] != bytes([count]) * count:
        raise ValueError("padding")
    return padded[:-count]
