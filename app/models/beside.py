"""What stands beside a case: who was named in a note, and files officers added."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Blob, Digest, Key, Name, Sealed, new_id


class Mention(Base):
    """An officer (by user name) named with ``@`` in a note; ``seen_at`` is empty until they put it away."""

    __tablename__ = "mention"
    __table_args__ = (
        Index("ix_mention_officer_seen_at_id", "officer", "seen_at", "id"),
        Index("ix_mention_case_id", "case_id"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[Key] = mapped_column(ForeignKey("cases.id"))
    officer: Mapped[Name]
    named_by: Mapped[Name]
    named_at: Mapped[datetime]
    text: Mapped[str] = mapped_column(Text)
    seen_at: Mapped[datetime | None]


class CaseFile(Base):
    """A file an officer added to a case; name and bytes are sealed under the case's own key."""

    __tablename__ = "case_file"
    __table_args__ = (Index("ix_case_file_case_id", "case_id"),)
    sealed = Sealed(("name", "body"), prefix="case-files:", owner="case_id")

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[Key] = mapped_column(ForeignKey("cases.id"))
    name: Mapped[Blob]
    body: Mapped[Blob]
    media_type: Mapped[str] = mapped_column(String(32))
    size: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[Digest]
    added_by: Mapped[Name]
    added_at: Mapped[datetime]
