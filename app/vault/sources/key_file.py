"""Key-encryption keys from ``keys.json`` in the data folder, which outside production is made on first start."""

from __future__ import annotations

from app.settings import Env, Settings
from app.vault.key_source import LocalKeys
from app.vault.key_text import read_keys
from app.vault.stored_keys import stored_keys


def open_source(settings: Settings) -> LocalKeys | None:
    """The keys of the file; none in production, where nothing is made up."""
    if settings.env is Env.PRODUCTION:
        return None
    return LocalKeys(read_keys(stored_keys(settings.data_dir / "keys.json")["vault_keys"], where="WEIHENG_VAULT_KEYS"))
