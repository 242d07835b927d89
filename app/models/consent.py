"""Consents people gave, each with what it takes to prove it, and how it ended."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import ORG, Base, Blob, Digest, Key, Name, Sealed, new_id


class Consent(Base):
    """One person's consent to one purpose. A later one for the same purpose ends it; nothing else of a row changes.

    ``evidence`` and ``guardian`` are sealed for the person. ``ended_why`` is ``withdrawn``, ``replaced`` or
    ``erased``.
    """

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_org_id_person_purpose", "org_id", "person", "purpose"),)
    sealed = Sealed(("guardian", "evidence"), owner="person")

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    org_id: Mapped[Name] = mapped_column(default=ORG)
    person: Mapped[str] = mapped_column(String(200))
    purpose: Mapped[str] = mapped_column(String(64))
    scope: Mapped[list[str]]
    is_separate: Mapped[bool] = mapped_column(Boolean)
    sensitive: Mapped[list[str]]
    recipient: Mapped[str | None] = mapped_column(String(200))
    text_version: Mapped[str] = mapped_column(String(64))
    text_digest: Mapped[Digest]
    channel: Mapped[str] = mapped_column(String(64))
    withdrawal: Mapped[str] = mapped_column(Text)
    is_under_14: Mapped[bool] = mapped_column(Boolean)
    guardian: Mapped[Blob | None]
    evidence: Mapped[Blob | None]
    given_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    recorded_by: Mapped[Name]
    recorded_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[Name | None]
    ended_why: Mapped[str | None] = mapped_column(String(12))
