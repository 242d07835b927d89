"""The service's own keys: the source of key-encryption keys, and one key for each other use.

Secrets come from the settings, or (outside production) from the data folder's key file.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.errors import Problem, SettingsError
from app.settings import Env, Settings
from app.vault.crypto import branch
from app.vault.key_source import KeySource, open_key_source
from app.vault.stored_keys import stored_keys


@dataclass(frozen=True, slots=True, repr=False)
class Keyring:
    """What wraps persons' keys, and one key for each other use. Its ``repr`` shows nothing."""

    keks: KeySource
    api_keys: bytes
    sessions: bytes
    certificates: bytes
    likeness: bytes = b""
    appeals: bytes = b""

    @property
    def newest(self) -> int:
        """The version that wraps new keys."""
        return self.keks.newest

    def __repr__(self) -> str:
        return f"Keyring(versions={sorted(self.keks.versions)})"


def open_keyring(settings: Settings) -> Keyring:
    """The keyring for these settings; raises SettingsError when keys are missing or malformed."""
    source = open_key_source(settings)
    if source is None:
        problem = Problem("WEIHENG_VAULT_KEYS", "must be set in production", "a secret of your own")
        raise SettingsError("the settings are wrong", problems=[problem])
    secret = _secret_key(settings).encode()
    return Keyring(
        keks=source,
        api_keys=branch(secret, "api-keys"),
        sessions=branch(secret, "sessions"),
        certificates=branch(secret, "erasure-certificates"),
        likeness=branch(secret, "likeness-of-texts"),
        appeals=branch(secret, "appeal-links"),
    )


def rules_seal(settings: Settings) -> bytes:
    """The key that seals compiled rules: what is opened runs, so it must be our own. Raises like ``open_keyring``."""
    return branch(_secret_key(settings).encode(), "compiled-rules")


def _secret_key(settings: Settings) -> str:
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    if settings.env is Env.PRODUCTION:
        problem = Problem("WEIHENG_SECRET_KEY", "must be set in production", "a secret of your own")
        raise SettingsError("the settings are wrong", problems=[problem])
    return stored_keys(settings.data_dir / "keys.json")["secret_key"]
