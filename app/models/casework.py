"""What officers leave beside a case: drafts, filters, bulk deeds, members of clusters, precedents, marks, appeals."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import ORG, Base, Blob, Digest, Key, Name, Sealed, new_id


class NoteDraft(Base):
    """What an officer has begun to write about a case; theirs alone, and gone when the note is added."""

    __tablename__ = "note_draft"
    __table_args__ = (UniqueConstraint("case_id", "officer"),)
    sealed = Sealed(("text",), prefix="note-drafts")

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[Key] = mapped_column(ForeignKey("cases.id"))
    officer: Mapped[Name]
    text: Mapped[Blob]
    updated_at: Mapped[datetime]


class SavedFilter(Base):
    """Filters of the list of cases under a name, for one officer."""

    __tablename__ = "saved_filter"
    __table_args__ = (UniqueConstraint("officer", "name"),)

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    officer: Mapped[Name]
    name: Mapped[str] = mapped_column(String(40))
    query: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class BulkDeed(Base):
    """Many cases decided at once: carried out when ``due_at`` has come, and until then it can be taken back whole."""

    __tablename__ = "bulk_deed"
    __table_args__ = (Index("ix_bulk_deed_officer_created_at", "officer", "created_at"),)

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    officer: Mapped[Name]
    said: Mapped[dict[str, Any]]
    case_ids: Mapped[list[str]]
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    result: Mapped[dict[str, Any] | None]


class CaseMember(Base):
    """A further content behind a clustered case; the case itself names the one that is shown."""

    __tablename__ = "case_member"
    __table_args__ = (UniqueConstraint("screening_id"), Index("ix_case_member_content_pk", "content_pk"))

    case_id: Mapped[Key] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    content_pk: Mapped[Key] = mapped_column(ForeignKey("content.id"))
    screening_id: Mapped[Key] = mapped_column(ForeignKey("screening.id"))
    folded_digest: Mapped[Digest]
    author_id: Mapped[str | None] = mapped_column(String(200))
    joined_at: Mapped[datetime]


class CaseShingle(Base):
    """One of the few smallest hashes of an open case's text: what nearly the same text is looked up by."""

    __tablename__ = "case_shingle"
    __table_args__ = (Index("ix_case_shingle_shop_id_value", "shop_id", "value"),)

    case_id: Mapped[Key] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    shop_id: Mapped[Name]


class Precedent(Base):
    """What an officer decided about a text, for the next one that reads the same in that shop, until it expires."""

    __tablename__ = "precedent"
    __table_args__ = (
        Index("ix_precedent_shop_id_folded_digest", "shop_id", "folded_digest"),
        Index("ix_precedent_case_id", "case_id"),
        Index("ix_precedent_expires_at", "expires_at"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    org_id: Mapped[Name] = mapped_column(default=ORG)
    shop_id: Mapped[Name]
    folded_digest: Mapped[Digest]
    basis: Mapped[Digest]
    outcome: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(Text)
    case_id: Mapped[Key] = mapped_column(ForeignKey("cases.id"))
    decided_by: Mapped[Name]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[Name | None]
    used: Mapped[int] = mapped_column(Integer, default=0)


class EntityMark(Base):
    """A strike against a shop or an author, or a label on one. Nothing is removed: a mark expires or is voided."""

    __tablename__ = "entity_mark"
    __table_args__ = (
        Index("ix_entity_mark_entity", "shop_id", "entity_type", "entity_id", "expires_at"),
        Index("ix_entity_mark_case_id", "case_id"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    shop_id: Mapped[Name]
    entity_type: Mapped[str] = mapped_column(String(8))
    entity_id: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(8))
    value: Mapped[str] = mapped_column(String(100))
    points: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(Text)
    case_id: Mapped[Key | None]
    made_by: Mapped[Name]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    voided_at: Mapped[datetime | None]
    voided_by: Mapped[Name | None]


class Appeal(Base):
    """A merchant's way to contest one decided case: offered by a link that expires, filed once, decided by another."""

    __tablename__ = "appeal"
    __table_args__ = (Index("ix_appeal_case_id", "case_id"), Index("ix_appeal_state_due_at", "state", "due_at"))
    sealed = Sealed(("text",), prefix="appeal:", owner="id")

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[Key] = mapped_column(ForeignKey("cases.id"))
    shop_id: Mapped[Name]
    state: Mapped[str] = mapped_column(String(12), default="offered")
    offered_by: Mapped[Name]
    offered_at: Mapped[datetime]
    link_expires_at: Mapped[datetime]
    text: Mapped[Blob | None]
    filed_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[Name | None]
    outcome: Mapped[str | None] = mapped_column(String(8))
    reason: Mapped[str | None] = mapped_column(Text)


class AppealFile(Base):
    """A file a merchant added to an appeal; name and bytes are sealed under the appeal's own key."""

    __tablename__ = "appeal_file"
    __table_args__ = (Index("ix_appeal_file_appeal_id", "appeal_id"),)
    sealed = Sealed(("name", "body"), prefix="appeal:", owner="appeal_id")

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    appeal_id: Mapped[Key] = mapped_column(ForeignKey("appeal.id"))
    name: Mapped[Blob]
    body: Mapped[Blob]
    media_type: Mapped[str] = mapped_column(String(32))
    size: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[Digest]
    added_at: Mapped[datetime]
