"""Checkpoints as signed notes: text that says how long the log is and what its root is, under an Ed25519 signature.

The form is C2SP's (signed-note and tlog-checkpoint), so that tools for transparency logs can read and witness ours::

    example.com/weiheng            origin: which log
    1024                           how many rows
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
    time 2026-11-23T10:00:00Z      an extension line: when

    — example.com/weiheng Az3grl…  key id and signature
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.errors import AppError, Problem, SettingsError

_ED25519 = b"\x01"
_HASH_BYTES = 32
_ID_BYTES = 4
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_SIGNATURE = re.compile(r"— (\S+) ([A-Za-z0-9+/=]+)\n")


class NoteBroken(AppError):
    """A checkpoint that is malformed, of another log, or not signed by a known key."""

    code = "note_broken"
    status = 500
    title = "A checkpoint of the audit log does not verify"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What one checkpoint says."""

    origin: str
    size: int
    root: bytes
    at: datetime

    def text(self) -> str:
        """The text that is signed."""
        at = self.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\ntime {at}\n"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that signs a log's checkpoints; ``str`` gives the form that verifiers take (``name+id+key``)."""

    name: str
    raw: bytes

    @property
    def id(self) -> bytes:
        """The first four bytes of SHA-256(name ‖ newline ‖ algorithm ‖ key)."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.raw).digest()[:_ID_BYTES]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(_ED25519 + self.raw).decode()}"


@dataclass(frozen=True, slots=True, repr=False)
class Signer:
    """Signs checkpoints of one log. Its ``repr`` shows nothing."""

    origin: str
    key: Ed25519PrivateKey

    @property
    def public(self) -> PublicKey:
        """The key that verifies what this signs."""
        return PublicKey(self.origin, self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))

    def sign(self, *, size: int, root: bytes, now: datetime) -> str:
        """A signed checkpoint."""
        text = Checkpoint(self.origin, size, root, now).text()
        signature = base64.b64encode(self.public.id + self.key.sign(text.encode())).decode()
        return f"{text}\n— {self.origin} {signature}\n"

    def __repr__(self) -> str:
        return f"Signer({self.public})"


def read_public_key(written: str) -> PublicKey:
    """The key of ``name+id+base64``; raises SettingsError."""
    name, _, rest = written.strip().partition("+")
    key_id, _, encoded = rest.partition("+")
    try:
        raw = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    key = PublicKey(name, raw[1:])
    if raw[:1] != _ED25519 or len(raw) != _HASH_BYTES + 1 or key.id.hex() != key_id:
        problem = Problem(
            "WEIHENG_AUDIT_OLD_KEYS", "a key is malformed", "name+id+base64 as `weiheng audit key` prints"
        )
        raise SettingsError("a public key of the audit log is wrong", problems=[problem])
    return key


def open_note(note: str, keys: tuple[PublicKey, ...]) -> Checkpoint:
    """What a checkpoint says, once a known key's signature under it has been verified; raises NoteBroken.

    A key speaks for the log it is named after and for no other.
    """
    text, signatures = _cut(note)
    known = {(key.name, key.id): key for key in keys}
    for name, signature in signatures:
        key = known.get((name, signature[:_ID_BYTES]))
        if key is None:
            continue
        try:
            Ed25519PublicKey.from_public_bytes(key.raw).verify(signature[_ID_BYTES:], text.encode())
        except InvalidSignature:
            raise NoteBroken("the signature does not fit the checkpoint") from None
        return _read(text, key.name)
    raise NoteBroken("the checkpoint is not signed by a known key")


def _cut(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    text, gap, below = note.rpartition("\n\n")
    found = _SIGNATURE.findall(below)
    if not gap or not found or "".join(f"— {name} {encoded}\n" for name, encoded in found) != below:
        raise NoteBroken("the checkpoint is malformed")
    try:
        return text + "\n", [(name, base64.b64decode(encoded, validate=True)) for name, encoded in found]
    except (binascii.Error, ValueError):
        raise NoteBroken("the checkpoint's signature is malformed") from None


def _read(text: str, origin: str) -> Checkpoint:
    lines = text.splitlines()
    said = dict(line.partition(" ")[::2] for line in lines[3:])
    try:
        root = base64.b64decode(lines[2], validate=True)
        at = datetime.fromisoformat(said["time"])
        size = int(lines[1]) if _SIZE.fullmatch(lines[1]) else -1
    except (IndexError, KeyError, ValueError):
        raise NoteBroken("the checkpoint's lines are malformed") from None
    if size < 0 or len(root) != _HASH_BYTES or at.tzinfo is None:
        raise NoteBroken("the checkpoint's lines are malformed")
    if lines[0] != origin:
        raise NoteBroken(f"the checkpoint is of another log, {lines[0]!r:.200}")
    return Checkpoint(lines[0], size, root, at)
