"""What people may ask for and what must be kept: requests, erasures, legal holds, retention periods, key rotations."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import ORG, Base, Blob, Digest, Key, Name, Sealed, new_id


class PersonRequest(Base):
    """What a person asked for (copy, correction, deletion, portability …), with its due date. ``note`` is sealed."""

    __tablename__ = "person_request"
    __table_args__ = (
        Index("ix_person_request_state_due_at", "state", "due_at"),
        Index("ix_person_request_person_ref", "person_ref"),
    )
    sealed = Sealed(("note",), owner="person_ref")

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    org_id: Mapped[Name] = mapped_column(default=ORG)
    person_ref: Mapped[str] = mapped_column(String(200))
    shop_id: Mapped[Name | None]
    kind: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(12), default="open")
    channel: Mapped[str] = mapped_column(String(64))
    note: Mapped[Blob | None]
    received_at: Mapped[datetime]
    due_at: Mapped[datetime]
    extended_reason: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[Name | None]
    answer: Mapped[str | None] = mapped_column(Text)


class Erasure(Base):
    """One erasure and its certificate; together they are the list that is replayed after a restore."""

    __tablename__ = "erasure"
    __table_args__ = (Index("ix_erasure_person_ref", "person_ref"), Index("ix_erasure_at", "at"))

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    org_id: Mapped[Name] = mapped_column(default=ORG)
    person_ref: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]
    by: Mapped[Name]
    reason: Mapped[str] = mapped_column(Text)
    certificate: Mapped[dict[str, Any]]
    digest: Mapped[Digest]
    signature: Mapped[str] = mapped_column(String(128))


class LegalHold(Base):
    """What must neither be pruned nor erased until ``ends_at`` or until it is released."""

    __tablename__ = "legal_hold"
    __table_args__ = (Index("ix_legal_hold_object_type_object_id", "object_type", "object_id"),)

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    org_id: Mapped[Name] = mapped_column(default=ORG)
    object_type: Mapped[str] = mapped_column(String(32))
    object_id: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text)
    owner: Mapped[Name]
    placed_by: Mapped[Name]
    placed_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
    released_by: Mapped[Name | None]
    release_reason: Mapped[str | None] = mapped_column(Text)


class RetentionPeriod(Base):
    """How long a kind of record is kept in this deployment, where that is not the shipped period."""

    __tablename__ = "retention_period"

    kind: Mapped[str] = mapped_column(String(32), primary_key=True)
    keep_days: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(Text)
    set_by: Mapped[Name]
    set_at: Mapped[datetime]


class KeyRotation(Base):
    """One renewal of persons' keys: every key made before ``started_at`` is replaced. Unfinished ones are resumed."""

    __tablename__ = "key_rotation"

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    started_at: Mapped[datetime]
    started_by: Mapped[Name]
    finished_at: Mapped[datetime | None]
