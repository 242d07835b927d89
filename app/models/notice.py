"""Regulators' notices and complaints that came by them, with their deadlines, files and answers."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import ORG, Base, Blob, Digest, Key, Name, Sealed, new_id


class Notice(Base):
    """One notice: number, authority, when it came and when the answer is due, and by which rule of the calendar.

    ``state`` is received, working, answered or closed. What it says and what was answered is sealed under its own key.
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("org_id", "authority", "number"),
        Index("ix_notice_state_due_at_id", "state", "due_at", "id"),
        Index("ix_notice_shop_id_received_on", "shop_id", "received_on"),
        Index("ix_notice_due_at_id", "due_at", "id"),
    )
    sealed = Sealed(("text", "answer"), prefix="notice:", owner="id")

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    org_id: Mapped[Name] = mapped_column(default=ORG)
    shop_id: Mapped[Name]
    kind: Mapped[str] = mapped_column(String(32))
    number: Mapped[str] = mapped_column(String(200))
    authority: Mapped[str] = mapped_column(String(200))
    subject_type: Mapped[str | None] = mapped_column(String(16))
    subject: Mapped[str | None] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(String(300))
    text: Mapped[Blob | None]
    received_on: Mapped[date]
    due_at: Mapped[datetime]
    due_basis: Mapped[str] = mapped_column(String(300))
    state: Mapped[str] = mapped_column(String(12), default="received")
    case_id: Mapped[Key | None]
    hold_id: Mapped[Key | None]
    recorded_by: Mapped[Name]
    recorded_at: Mapped[datetime]
    taken_by: Mapped[Name | None]
    taken_at: Mapped[datetime | None]
    answer: Mapped[Blob | None]
    answered_by: Mapped[Name | None]
    answered_at: Mapped[datetime | None]
    closed_by: Mapped[Name | None]
    closed_at: Mapped[datetime | None]
    closed_why: Mapped[str | None] = mapped_column(Text)


class NoticeFile(Base):
    """A document that came with a notice, or went out with its answer; sealed under the notice's own key."""

    __tablename__ = "notice_file"
    __table_args__ = (Index("ix_notice_file_notice_id", "notice_id"),)
    sealed = Sealed(("name", "body"), prefix="notice:", owner="notice_id")

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    notice_id: Mapped[Key] = mapped_column(ForeignKey("notice.id"))
    side: Mapped[str] = mapped_column(String(8))
    name: Mapped[Blob]
    body: Mapped[Blob]
    media_type: Mapped[str] = mapped_column(String(32))
    size: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[Digest]
    added_at: Mapped[datetime]
