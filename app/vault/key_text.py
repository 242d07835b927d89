"""Key-encryption keys as text: ``1:base64,2:base64``, versions distinct, 32 bytes each."""

from __future__ import annotations

import base64

from app.errors import Problem, SettingsError
from app.vault.crypto import KEY_BYTES


def read_keys(text: str, *, where: str) -> dict[int, bytes]:
    """Keys by version; raises SettingsError naming ``where``, never showing a key."""
    keys: dict[int, bytes] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        version, _, encoded = part.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except ValueError:  # no base64, or no ASCII
            key = b""
        if not (version.isascii() and version.isdecimal()) or len(key) != KEY_BYTES:
            raise _malformed(where, "a key is malformed")
        if int(version) in keys:
            raise _malformed(where, f"version {int(version)} is given twice")
        keys[int(version)] = key
    if not keys:
        raise _malformed(where, "is empty")
    return keys


def write_keys(keys: dict[int, bytes]) -> str:
    """The text that ``read_keys`` reads."""
    return ",".join(f"{version}:{base64.b64encode(keys[version]).decode()}" for version in sorted(keys))


def _malformed(where: str, what: str) -> SettingsError:
    problem = Problem(where, what, "`version:base64 of 32 bytes`, comma-separated, versions distinct")
    return SettingsError("the settings are wrong", problems=[problem])
