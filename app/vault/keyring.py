"""Where the service's own keys come from: the environment, or (outside production) a file made on first start.

The file is made once with mode 0600 and never rewritten: losing it means losing every sealed value, which the how-to on
backups says in its first sentence.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from app.errors import Problem, SettingsError
from app.settings import Env, Settings
from app.vault.crypto import KEY_BYTES, branch


@dataclass(frozen=True, slots=True, repr=False)
class Keyring:
    """Key-encryption keys by version, and one key for each other use. Its ``repr`` shows nothing."""

    keks: dict[int, bytes]
    api_keys: bytes
    sessions: bytes

    @property
    def newest(self) -> int:
        """The version that wraps new keys."""
        return max(self.keks)

    def __repr__(self) -> str:
        return f"Keyring(versions={sorted(self.keks)})"


def open_keyring(settings: Settings) -> Keyring:
    """The keyring for these settings; raises SettingsError when keys are missing or malformed."""
    stored = {} if settings.env is Env.PRODUCTION else _stored(settings.data_dir / "keys.json", settings)
    vault_keys = settings.vault_keys.get_secret_value() if settings.vault_keys else stored["vault_keys"]
    secret = (settings.secret_key.get_secret_value() if settings.secret_key else stored["secret_key"]).encode()
    return Keyring(keks=_parse(vault_keys), api_keys=branch(secret, "api-keys"), sessions=branch(secret, "sessions"))


def _stored(path: Path, settings: Settings) -> dict[str, str]:
    """The keys of the file, made on first start. Made aside and linked into place: half a file is never seen."""
    if settings.vault_keys and settings.secret_key:
        return {}
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        made = {
            "vault_keys": "1:" + base64.b64encode(os.urandom(KEY_BYTES)).decode(),
            "secret_key": secrets.token_urlsafe(48),
        }
        aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        descriptor = os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            json.dump(made, file)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # another start was faster: its keys count
            os.link(aside, path)
        aside.unlink()
    return _read(path)


def _read(path: Path) -> dict[str, str]:
    try:
        kept = json.loads(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        kept = None
    names = ("vault_keys", "secret_key")
    if not isinstance(kept, dict) or not all(isinstance(kept.get(name), str) and kept[name] for name in names):
        problem = Problem(
            str(path), "is damaged or cannot be read", "the file as it was made; restore it from a back-up"
        )
        raise SettingsError("the service's keys cannot be read", problems=[problem])
    return {name: kept[name] for name in names}


def _parse(text: str) -> dict[int, bytes]:
    keys: dict[int, bytes] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        version, _, encoded = part.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except ValueError:  # no base64, or no ASCII
            key = b""
        if not (version.isascii() and version.isdecimal()) or len(key) != KEY_BYTES:
            raise _malformed("a key is malformed")
        if int(version) in keys:
            raise _malformed(f"version {int(version)} is given twice")
        keys[int(version)] = key
    if not keys:
        raise _malformed("is empty")
    return keys


def _malformed(what: str) -> SettingsError:
    problem = Problem("WEIHENG_VAULT_KEYS", what, "`version:base64 of 32 bytes`, comma-separated, versions distinct")
    return SettingsError("the settings are wrong", problems=[problem])
