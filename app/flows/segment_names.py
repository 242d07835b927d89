"""Under which names people stand in the tables of segments: pseudonyms made with a key of the service."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable

from app.flows.parts import Parts
from app.values.person_names import canonical
from app.vault.crypto import branch


def pseudonym_of(parts: Parts, ref: str) -> str:
    """Under what a person stands: the same for ever, and for every spelling of the reference."""
    return pseudonyms(parts, [canonical(ref)])[0]


def pseudonyms(parts: Parts, refs: Iterable[str]) -> list[str]:
    """The pseudonyms of canonical references."""
    key = branch(parts.keyring.api_keys, "segments")
    return [hmac.digest(key, ref.encode(), hashlib.sha256).hex()[:32] for ref in refs]
