"""Blind indexes: finding a sealed value by equality without storing anything it could be guessed from.

An unkeyed hash of a phone number *is* the phone number: all of them fall in hours. So the hash is keyed, per tenant,
table and field, by a root key that lies in the database like a person's key, wrapped by the key-encryption key; its
generation is the index's version, and while it is renewed a search asks by every living version.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from app.models import DataKey
from app.models.base import ORG
from app.vault.crypto import length_prefixed, mac
from app.vault.data_keys import DataKeys, is_alive
from app.vault.fields import field_kind, normalised

INDEX_PERSON = "blind-index"
_TABLE = "person_field"


def index_value(root: bytes, name: str, value: str) -> str:
    """The index of a value: HMAC-SHA256 over its normalised form, cut to the field's width, in hex."""
    bits = field_kind(name).index_bits
    return mac(root, normalised(name, value).encode())[: bits // 8].hex()


def index_under(keys: DataKeys, root: DataKey, name: str, value: str) -> str:
    """The index of a value under one root key."""
    label = length_prefixed("blind-index", ORG, _TABLE, name, root.generation).hex()
    return index_value(keys.open(root).branch(label), name, value)


def indexes_to_ask(session: Session, keys: DataKeys, name: str, value: str) -> Iterable[tuple[int, str]]:
    """Version and index of a value under every root key that lives."""
    roots = keys.find(session, [INDEX_PERSON]).values()
    return [(root.generation, index_under(keys, root, name, value)) for root in roots if is_alive(root)]
