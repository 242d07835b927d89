"""Exports for an authority's inquiry (协查): who asked for what, how far it is, and its sealed pieces."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import ORG, Base, Blob, Digest, Key, Name, Sealed, new_id


class Inquiry(Base):
    """One export: a shop's records of a period. ``state`` is running, done, cancelled or failed.

    ``place`` is where the next page begins; ``manifest`` lists every file with its digest and stands, by its own
    digest, in an audit row.
    """

    __tablename__ = "inquiry"
    __table_args__ = (Index("ix_inquiry_shop_id_id", "shop_id", "id"), Index("ix_inquiry_created_at", "created_at"))

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    org_id: Mapped[Name] = mapped_column(default=ORG)
    shop_id: Mapped[Name]
    from_at: Mapped[datetime]
    to_at: Mapped[datetime]
    asked_by: Mapped[Name]
    purpose: Mapped[str] = mapped_column(String(32))
    reason: Mapped[str] = mapped_column(Text)
    with_personal: Mapped[bool] = mapped_column(Boolean)
    notice_id: Mapped[Key | None]
    state: Mapped[str] = mapped_column(String(12), default="running")
    place: Mapped[dict[str, Any]]
    page: Mapped[int] = mapped_column(Integer)
    total: Mapped[int] = mapped_column(Integer)
    done: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)
    manifest: Mapped[str | None] = mapped_column(Text)
    digest: Mapped[Digest | None]


class InquiryPart(Base):
    """A piece of one file of an export, sealed under the export's own key; pieces in order make the file."""

    __tablename__ = "inquiry_part"
    __table_args__ = (UniqueConstraint("inquiry_id", "file", "number"),)
    sealed = Sealed(("body",), prefix="inquiry:", owner="inquiry_id")

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    inquiry_id: Mapped[Key] = mapped_column(ForeignKey("inquiry.id"))
    file: Mapped[str] = mapped_column(String(64))
    number: Mapped[int] = mapped_column(Integer)
    rows: Mapped[int] = mapped_column(Integer)
    body: Mapped[Blob]
