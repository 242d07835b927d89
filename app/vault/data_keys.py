"""Persons' keys in the database: finding, making, opening and shredding them.

Opened keys are cached by (person, generation, wrapping). The row decides, never the cache: a key is looked up in the
database each time, so an erased person cannot be revived by an old entry of any process.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple, cast

from sqlalchemy import Table, bindparam, select
from sqlalchemy.orm import Session

from app.errors import Conflict
from app.models import DataKey
from app.models.base import ORG
from app.prepared import Prepared, connection_of
from app.vault.crypto import GENERATION_MAX, KEY_BYTES, PersonKey, SealBroken, key_bound
from app.vault.keyring import Keyring

_CACHED_KEYS = 10_000


class SealingKey(NamedTuple):
    """A person's key as its row says, read without making an object of it: sealing needs no more, and is done often."""

    person: str
    generation: int
    kek_version: int
    wrapped: bytes | None
    shredded_at: datetime | None


_IN_MAX = 500
_NEWEST = (
    select(DataKey)
    .where(DataKey.org_id == ORG, DataKey.person == bindparam("mine"))
    .order_by(DataKey.generation.desc())
    .limit(1)
)
_NEWEST_LOCKED = _NEWEST.with_for_update(read=True)
_ROWS = cast("Table", DataKey.__table__)
_NEWEST_ROW = Prepared(
    select(*(_ROWS.c[name] for name in SealingKey._fields))
    .where(_ROWS.c.org_id == ORG, _ROWS.c.person == bindparam("mine"))
    .order_by(_ROWS.c.generation.desc())
    .limit(1)
    .with_for_update(read=True)
)


class DataKeys:
    """Persons' keys; thread-safe."""

    def __init__(self, keyring: Keyring) -> None:
        self._source = keyring.keks
        self._cache: OrderedDict[tuple[str, int, bytes], PersonKey] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def newest_version(self) -> int:
        """The key-encryption key that wraps new keys."""
        return self._source.newest

    def for_sealing(self, session: Session, person: str, *, now: datetime) -> DataKey:
        """The person's newest key, made when there is none that lives.

        Its row is locked against being shredded until the transaction ends: what is sealed under a key is committed
        before anybody may decide that nothing is sealed under it any more.
        """
        newest = self.newest(session, person, lock=True)
        if newest is None:
            return self.make(session, person, generation=1, now=now)
        return newest if is_alive(newest) else self.make(session, person, generation=newest.generation + 1, now=now)

    def sealing_key(self, session: Session, person: str, *, now: datetime) -> SealingKey | DataKey:
        """The same key, for sealing alone; it holds until the transaction ends, so that many values may share it."""
        if session.new or session.dirty:  # a key that was made or shredded in this very transaction
            session.flush()
        found = _NEWEST_ROW.first(connection_of(session), mine=person)
        if found is not None and is_alive(key := SealingKey(*found)):
            return key
        return self.for_sealing(session, person, now=now)

    def newest(self, session: Session, person: str, *, lock: bool = False) -> DataKey | None:
        """The person's newest key, alive or not."""
        return session.scalar(_NEWEST_LOCKED if lock else _NEWEST, {"mine": person})

    def find(self, session: Session, persons: Collection[str]) -> dict[tuple[str, int], DataKey]:
        """Every key of these persons, alive or not, by (person, generation)."""
        ordered = sorted(persons)
        found: dict[tuple[str, int], DataKey] = {}
        for start in range(0, len(ordered), _IN_MAX):
            wanted = (DataKey.org_id == ORG) & DataKey.person.in_(ordered[start : start + _IN_MAX])
            found |= {(key.person, key.generation): key for key in session.scalars(select(DataKey).where(wanted))}
        return found

    def make(self, session: Session, person: str, *, generation: int, now: datetime) -> DataKey:
        """A fresh key for the person, wrapped by the newest key-encryption key."""
        return self.make_many(session, [(person, generation)], now=now)[0]

    def make_many(self, session: Session, wanted: Collection[tuple[str, int]], *, now: datetime) -> list[DataKey]:
        """A fresh key for each person and generation."""
        made = []
        for person, generation in wanted:
            if generation > GENERATION_MAX:
                raise Conflict(f"a person's keys end at generation {GENERATION_MAX}")
            version = self._source.newest
            bound = key_bound(tenant=ORG, person=person, generation=generation, kek_version=version)
            wrapped = self._source.wrap(os.urandom(KEY_BYTES), version=version, bound=bound)
            made.append(
                DataKey(person=person, generation=generation, kek_version=version, wrapped=wrapped, created_at=now)
            )
        session.add_all(made)
        session.flush()
        return made

    def rewrapped(self, data_key: DataKey) -> bytes:
        """The key wrapped again by the newest key-encryption key; nothing is written here."""
        version = self._source.newest
        bound = key_bound(
            tenant=ORG, person=data_key.person, generation=data_key.generation, kek_version=data_key.kek_version
        )
        assert data_key.wrapped is not None, "shredded keys are filtered before"
        secret = self._source.unwrap(data_key.wrapped, version=data_key.kek_version, bound=bound)
        bound = key_bound(tenant=ORG, person=data_key.person, generation=data_key.generation, kek_version=version)
        return self._source.wrap(secret, version=version, bound=bound)

    def shred(self, data_key: DataKey, *, now: datetime) -> None:
        """End a key for ever: its wrapping goes, its row stays as a witness."""
        with self._lock:
            for name in [name for name in self._cache if name[:2] == (data_key.person, data_key.generation)]:
                del self._cache[name]
        data_key.wrapped, data_key.shredded_at = None, now

    def open(self, data_key: DataKey | SealingKey) -> PersonKey:
        """The key itself; raises SealBroken when it is shredded or does not unwrap."""
        if data_key.wrapped is None or data_key.shredded_at is not None:
            raise SealBroken("this person's key no longer exists")
        name = (data_key.person, data_key.generation, data_key.wrapped)
        with self._lock:
            if (key := self._cache.get(name)) is not None:
                self._cache.move_to_end(name)
                return key
        bound = key_bound(
            tenant=ORG, person=data_key.person, generation=data_key.generation, kek_version=data_key.kek_version
        )
        key = PersonKey(self._source.unwrap(data_key.wrapped, version=data_key.kek_version, bound=bound))
        with self._lock:
            self._cache[name] = key
            while len(self._cache) > _CACHED_KEYS:
                self._cache.popitem(last=False)
        return key


def is_alive(data_key: DataKey | SealingKey) -> bool:
    """Whether a key still opens what was sealed under it."""
    return data_key.wrapped is not None and data_key.shredded_at is None
