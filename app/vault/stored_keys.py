"""The key file of the data folder: made once with mode 0600, and after that changed only by adding a version.

Losing it means losing every sealed value, which the how-to on backups says in its first sentence.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from pathlib import Path

from app.errors import Problem, SettingsError
from app.vault.crypto import KEY_BYTES
from app.vault.key_text import read_keys, write_keys

_NAMES = ("vault_keys", "secret_key")


def stored_keys(path: Path) -> dict[str, str]:
    """The keys of the file, made on first start. Made aside and linked into place: half a file is never seen."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = {"vault_keys": write_keys({1: os.urandom(KEY_BYTES)}), "secret_key": secrets.token_urlsafe(48)}
        aside = _written_aside(path, made)
        with contextlib.suppress(FileExistsError):  # another start was faster: its keys count
            os.link(aside, path)
        aside.unlink()
    return _read(path)


def add_version(path: Path) -> int:
    """Add a fresh key-encryption key to the file and return its version; the older ones stay readable."""
    kept = _read(path)
    keys = read_keys(kept["vault_keys"], where=str(path))
    version = max(keys) + 1
    keys[version] = os.urandom(KEY_BYTES)
    aside = _written_aside(path, kept | {"vault_keys": write_keys(keys)})
    aside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return version


def _written_aside(path: Path, content: dict[str, str]) -> Path:
    aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    return aside


def _read(path: Path) -> dict[str, str]:
    try:
        kept = json.loads(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        kept = None
    if not isinstance(kept, dict) or not all(isinstance(kept.get(name), str) and kept[name] for name in _NAMES):
        problem = Problem(
            str(path), "is damaged or cannot be read", "the file as it was made; restore it from a back-up"
        )
        raise SettingsError("the service's keys cannot be read", problems=[problem])
    return kept
