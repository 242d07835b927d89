"""People the service keeps personal data of, and their sealed fields.

A person is named by a reference like ``buyer:o-88`` (a kind and the caller's own id, nothing personal); the same name
is their key's. Fields hold ciphertext and, where they can be searched, a blind index.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import ORG, Base, Blob, Key, Name, Sealed, new_id


class Person(Base):
    """One person. ``restricted_at`` set: erased but for what the law still keeps, which is only stored.

    ``erased_at`` set: nothing is left but the reference. No ``shop_id`` means a person of the whole organisation.
    """

    __tablename__ = "person"
    __table_args__ = (
        UniqueConstraint("org_id", "ref"),
        Index("ix_person_shop_id", "shop_id"),
        Index("ix_person_restricted_at", "restricted_at"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    org_id: Mapped[Name] = mapped_column(default=ORG)
    ref: Mapped[str] = mapped_column(String(200))
    shop_id: Mapped[Name | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    restricted_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]


class PersonField(Base):
    """One sealed value of a person. ``keep_until`` is the end of the statutory period, ``keep_basis`` the law."""

    __tablename__ = "person_field"
    __table_args__ = (
        UniqueConstraint("person_ref", "name"),
        Index("ix_person_field_name_index_version_index_value", "name", "index_version", "index_value"),
        Index("ix_person_field_index_version", "index_version"),
        Index("ix_person_field_keep_until", "keep_until"),
    )
    sealed = Sealed(("value",), owner="person_ref")

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[Key] = mapped_column(ForeignKey("person.id"))
    person_ref: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(32))
    value: Mapped[Blob]
    index_version: Mapped[int | None] = mapped_column(Integer)
    index_value: Mapped[str | None] = mapped_column(String(64))
    keep_until: Mapped[datetime | None]
    keep_basis: Mapped[str | None] = mapped_column(String(200))
    updated_at: Mapped[datetime]
