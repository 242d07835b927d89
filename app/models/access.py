"""Who may do what: shops, API keys of machines, officers of the console."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Index, Integer, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import ORG, Base, Blob, Digest, Key, Name, Sealed, new_id


class Shop(Base):
    """One shop; ``id`` is the platform's own."""

    __tablename__ = "shop"

    id: Mapped[Name] = mapped_column(primary_key=True)
    org_id: Mapped[Name] = mapped_column(default=ORG)
    name: Mapped[Name]
    category: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]


class ApiKey(Base):
    """A machine's key. Only a keyed hash is stored; ``prefix`` lets people recognise it. No shops means all shops."""

    __tablename__ = "api_key"
    __table_args__ = (UniqueConstraint("key_hash"),)

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    org_id: Mapped[Name] = mapped_column(default=ORG)
    name: Mapped[Name]
    prefix: Mapped[str] = mapped_column(String(16))
    key_hash: Mapped[Digest]
    scopes: Mapped[list[str]]
    shop_ids: Mapped[list[str] | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    rate_per_minute: Mapped[int | None] = mapped_column(Integer)


class RateBucket(Base):
    """What a key has used of its rate, in all processes: when everything taken so far will be earned back."""

    __tablename__ = "rate_bucket"

    api_key_id: Mapped[Key] = mapped_column(primary_key=True)
    spent_until: Mapped[datetime]


class Officer(Base):
    """A person of the console. ``session_epoch`` rises when every session of theirs must end.

    A ``totp_secret`` counts from ``totp_since`` on, when the first digits fitted; ``totp_step`` is the last step taken.
    ``recovery_codes`` are digests. ``must_change``: the password is one that somebody else knows.
    ``once_digest`` is of a link that signs in once, made on the command line. ``skills`` is what they can judge (empty:
    everything), ``comfort`` how they like to look at media and be reminded of breaks.
    """

    __tablename__ = "officer"
    __table_args__ = (UniqueConstraint("org_id", "username"),)
    sealed = Sealed(("totp_secret",), prefix="officer:", owner="username")

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    org_id: Mapped[Name] = mapped_column(default=ORG)
    username: Mapped[Name]
    display_name: Mapped[Name]
    password_hash: Mapped[str] = mapped_column(String(256))
    roles: Mapped[list[str]]
    shop_ids: Mapped[list[str] | None]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    failed_count: Mapped[int] = mapped_column(Integer, default=0)
    locked_until: Mapped[datetime | None]
    session_epoch: Mapped[int] = mapped_column(Integer, default=0)
    totp_secret: Mapped[Blob | None]
    totp_since: Mapped[datetime | None]
    totp_step: Mapped[int | None] = mapped_column(BigInteger)
    recovery_codes: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    must_change: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    signed_in_at: Mapped[datetime | None]
    language: Mapped[str | None] = mapped_column(String(8))
    skills: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    comfort: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    once_digest: Mapped[str | None] = mapped_column(String(64))
    once_until: Mapped[datetime | None]


class DataKey(Base):
    """One person's data-encryption key, wrapped by a key-encryption key; shredding it erases the person."""

    __tablename__ = "data_key"
    __table_args__ = (
        UniqueConstraint("org_id", "person", "generation"),
        Index("ix_data_key_kek_version", "kek_version"),
        Index("ix_data_key_created_at", "created_at"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    org_id: Mapped[Name] = mapped_column(default=ORG)
    person: Mapped[str] = mapped_column(String(200))
    generation: Mapped[int] = mapped_column(Integer)
    kek_version: Mapped[int] = mapped_column(Integer)
    wrapped: Mapped[Blob | None]
    created_at: Mapped[datetime]
    shredded_at: Mapped[datetime | None]
