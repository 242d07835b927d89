"""Where key-encryption keys live: a small interface, because a key-management service never hands its keys out.

A source wraps and unwraps persons' keys by version; nothing above it needs to see a key-encryption key. A source is one
file in ``sources/`` with ``open_source(settings) -> KeySource | None``; the folder is the registration, and the first
that is configured, by name, is used.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import Protocol

from app.settings import Settings
from app.vault import sources
from app.vault.crypto import SealBroken, unwrap, wrap


class KeySource(Protocol):
    """Wraps and unwraps keys. ``newest`` is the version that wraps new ones."""

    @property
    def newest(self) -> int:
        """The version that wraps new keys."""
        ...

    @property
    def versions(self) -> frozenset[int]:
        """Every version that still unwraps."""
        ...

    def wrap(self, key: bytes, *, version: int, bound: bytes) -> bytes:
        """The key wrapped under that version, bound to whose it is."""
        ...

    def unwrap(self, wrapped: bytes, *, version: int, bound: bytes) -> bytes:
        """The key again; raises SealBroken for an unknown version, another owner or a damaged wrapping."""
        ...


class LocalKeys:
    """Key-encryption keys held by this process. Its ``repr`` shows nothing but versions."""

    def __init__(self, keys: dict[int, bytes]) -> None:
        self._keys = dict(keys)

    @property
    def newest(self) -> int:
        """The highest version."""
        return max(self._keys)

    @property
    def versions(self) -> frozenset[int]:
        """Every version given."""
        return frozenset(self._keys)

    def wrap(self, key: bytes, *, version: int, bound: bytes) -> bytes:
        """AES-256-GCM under that version's key."""
        return wrap(key, kek=self._kek(version), bound=bound)

    def unwrap(self, wrapped: bytes, *, version: int, bound: bytes) -> bytes:
        """The key again; raises SealBroken."""
        return unwrap(wrapped, kek=self._kek(version), bound=bound)

    def _kek(self, version: int) -> bytes:
        kek = self._keys.get(version)
        if kek is None:
            raise SealBroken(f"key-encryption key {version} is not configured")
        return kek

    def __repr__(self) -> str:
        return f"LocalKeys(versions={sorted(self._keys)})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LocalKeys) and self._keys == other._keys

    def __hash__(self) -> int:
        return hash(self.versions)


def open_key_source(settings: Settings) -> KeySource | None:
    """The first configured source, or None when none is."""
    for module in sorted(pkgutil.iter_modules(sources.__path__), key=lambda module: module.name):
        opened: KeySource | None = importlib.import_module(f"{sources.__name__}.{module.name}").open_source(settings)
        if opened is not None:
            return opened
    return None
