"""Key-encryption keys from ``WEIHENG_VAULT_KEYS``, or from the file that ``WEIHENG_VAULT_KEYS_FILE`` names."""

from __future__ import annotations

from app.settings import Settings
from app.vault.key_source import LocalKeys
from app.vault.key_text import read_keys


def open_source(settings: Settings) -> LocalKeys | None:
    """The keys of the settings, when there are any."""
    if settings.vault_keys is None:
        return None
    return LocalKeys(read_keys(settings.vault_keys.get_secret_value(), where="WEIHENG_VAULT_KEYS"))
