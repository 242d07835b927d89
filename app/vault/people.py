"""The seal hook: every person has a key of their own, and nothing personal is written but through it.

Keys are made on first use inside the caller's transaction. Opening many values at once looks their keys up together,
because on a page of cases the look-ups cost more than the opening.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Problem, SettingsError
from app.models import DataKey
from app.models.base import ORG
from app.vault.ciphers import Algorithm
from app.vault.crypto import Place, SealBroken, generation_of, seal, unseal
from app.vault.data_keys import DataKeys, SealingKey
from app.vault.keyring import Keyring


@dataclass(frozen=True, slots=True, repr=False)
class SealedValue:
    """A sealed value and where it stands."""

    sealed: bytes
    person: str
    table: str
    column: str
    row: str


class People:
    """Seals and opens values for people; thread-safe."""

    def __init__(self, keyring: Keyring, *, algorithm: Algorithm = Algorithm.AES_256_GCM) -> None:
        self.keys = DataKeys(keyring)
        self._algorithm = algorithm

    def seal(
        self, session: Session, plain: bytes, *, person: str, table: str, column: str, row: str, now: datetime
    ) -> bytes:
        """``plain`` sealed for this person and place, making their key when they have none yet."""
        data_key = self.keys.sealing_key(session, person, now=now)
        return self.seal_under(data_key, plain, table=table, column=column, row=row)

    def seal_under(self, data_key: DataKey | SealingKey, plain: bytes, *, table: str, column: str, row: str) -> bytes:
        """``plain`` sealed under this very key; the caller has taken it for sealing."""
        place = Place(ORG, table, column, row, data_key.person, data_key.generation)
        return seal(plain, key=self.keys.open(data_key), place=place, algorithm=self._algorithm)

    def check(self, session: Session) -> None:
        """Raise SettingsError when the configured keys do not open what this database was sealed with."""
        versions = select(DataKey.kek_version).where(DataKey.wrapped.is_not(None)).distinct()
        for version in sorted(session.scalars(versions)):
            is_kept = (DataKey.kek_version == version) & DataKey.wrapped.is_not(None)
            kept = session.scalars(select(DataKey).where(is_kept).order_by(DataKey.id.desc()).limit(1)).one()
            try:
                self.keys.open(kept)
            except SealBroken as broken:
                problem = Problem("WEIHENG_VAULT_KEYS", broken.detail, "the keys this database was sealed with")
                raise SettingsError("the vault's keys do not fit the database", problems=[problem]) from None

    def unseal(self, session: Session, sealed: bytes, *, person: str, table: str, column: str, row: str) -> bytes:
        """The sealed value; raises SealBroken when the person was erased or the value was moved or changed."""
        return self.unseal_many(session, [SealedValue(sealed, person, table, column, row)])[0]

    def unseal_many(self, session: Session, values: Sequence[SealedValue]) -> list[bytes]:
        """Sealed values in order; raises SealBroken when one of them does not open."""
        keys = self.keys.find(session, {each.person for each in values})
        opened = []
        for each in values:
            generation = generation_of(each.sealed)
            data_key = keys.get((each.person, generation))
            if data_key is None:
                raise SealBroken("this person's key no longer exists")
            opened.append(self.unseal_under(data_key, each))
        return opened

    def unseal_under(self, data_key: DataKey, value: SealedValue) -> bytes:
        """The sealed value under this very key; raises SealBroken."""
        place = Place(ORG, value.table, value.column, value.row, data_key.person, data_key.generation)
        return unseal(value.sealed, key=self.keys.open(data_key), place=place)
