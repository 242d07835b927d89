"""The seal hook: every person has a key of their own, and nothing personal is written but through it.

Keys are made on first use inside the caller's transaction. Opened keys are cached by (person, generation); a shredded
key is looked up again on every miss, so an erased person cannot be revived by an old cache entry: the row decides.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Problem, SettingsError
from app.models import DataKey
from app.models.base import ORG
from app.vault.crypto import KEY_BYTES, Place, SealBroken, generation_of, seal, unseal, unwrap_key, wrap_key
from app.vault.keyring import Keyring

_CACHED_KEYS = 10_000


class People:
    """Seals and opens values for people; thread-safe."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._cache: OrderedDict[tuple[str, int, bytes], bytes] = OrderedDict()
        self._lock = threading.Lock()

    def seal(
        self, session: Session, plain: bytes, *, person: str, table: str, column: str, row: str, now: datetime
    ) -> bytes:
        """``plain`` sealed for this person and place, making their key when they have none yet."""
        newest = self._newest(session, person)
        if newest is None or newest.shredded_at is not None:
            data_key = self._make(session, person, generation=newest.generation + 1 if newest else 1, now=now)
        else:
            data_key = newest
        place = Place(ORG, table, column, row, person, data_key.generation)
        return seal(plain, key=self._open_key(data_key), place=place)

    def check(self, session: Session) -> None:
        """Raise SettingsError when the configured keys do not open what this database was sealed with."""
        kept = session.scalar(select(DataKey).where(DataKey.wrapped.is_not(None)).order_by(DataKey.id.desc()).limit(1))
        if kept is None:
            return
        try:
            self._open_key(kept)
        except SealBroken as broken:
            problem = Problem("WEIHENG_VAULT_KEYS", broken.detail, "the keys this database was sealed with")
            raise SettingsError("the vault's keys do not fit the database", problems=[problem]) from None

    def unseal(self, session: Session, sealed: bytes, *, person: str, table: str, column: str, row: str) -> bytes:
        """The sealed value; raises SealBroken when the person was erased or the value was moved or changed."""
        generation = generation_of(sealed)
        data_key = session.scalar(
            select(DataKey).where(DataKey.org_id == ORG, DataKey.person == person, DataKey.generation == generation)
        )
        if data_key is None or data_key.wrapped is None or data_key.shredded_at is not None:
            raise SealBroken("this person's key no longer exists")
        place = Place(ORG, table, column, row, person, generation)
        return unseal(sealed, key=self._open_key(data_key), place=place)

    def _newest(self, session: Session, person: str) -> DataKey | None:
        mine = (DataKey.org_id == ORG) & (DataKey.person == person)
        return session.scalar(select(DataKey).where(mine).order_by(DataKey.generation.desc()).limit(1))

    def _make(self, session: Session, person: str, *, generation: int, now: datetime) -> DataKey:
        version = self._keyring.newest
        wrapped = wrap_key(
            os.urandom(KEY_BYTES),
            kek=self._keyring.keks[version],
            kek_version=version,
            tenant=ORG,
            person=person,
            generation=generation,
        )
        made = DataKey(person=person, generation=generation, kek_version=version, wrapped=wrapped, created_at=now)
        session.add(made)
        session.flush()
        return made

    def _open_key(self, data_key: DataKey) -> bytes:
        assert data_key.wrapped is not None, "shredded keys are filtered before"
        name = (data_key.person, data_key.generation, data_key.wrapped)
        with self._lock:
            if (key := self._cache.get(name)) is not None:
                self._cache.move_to_end(name)
                return key
        kek = self._keyring.keks.get(data_key.kek_version)
        if kek is None:
            raise SealBroken(f"key-encryption key {data_key.kek_version} is not configured")
        key = unwrap_key(
            data_key.wrapped,
            kek=kek,
            kek_version=data_key.kek_version,
            tenant=ORG,
            person=data_key.person,
            generation=data_key.generation,
        )
        with self._lock:
            self._cache[name] = key
            while len(self._cache) > _CACHED_KEYS:
                self._cache.popitem(last=False)
        return key
