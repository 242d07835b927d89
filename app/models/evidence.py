"""The registry of evidence: what proves a claim, its files, and which contents were let through because of it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import ORG, Base, Blob, Digest, Key, Name, Sealed, new_id


class Evidence(Base):
    """One piece: of which kind, for which shop, goods, category or claims, from when to when, and who verified it.

    ``state`` is proposed, verified, refused, expired or withdrawn. Without ``subject`` it is for the whole shop,
    without ``category`` for every category, with empty ``claims`` for every claim its kind can prove. Days are China's.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        Index("ix_evidence_shop_id_state_valid_until", "shop_id", "state", "valid_until"),
        Index("ix_evidence_shop_id_number", "shop_id", "number"),
        Index("ix_evidence_state_valid_until", "state", "valid_until"),
        Index("ix_evidence_ended_at", "ended_at"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    org_id: Mapped[Name] = mapped_column(default=ORG)
    shop_id: Mapped[Name]
    kind: Mapped[str] = mapped_column(String(32))
    subject_type: Mapped[str | None] = mapped_column(String(16))
    subject: Mapped[str | None] = mapped_column(String(200))
    category: Mapped[str | None] = mapped_column(String(64))
    claims: Mapped[list[str]]
    number: Mapped[str] = mapped_column(String(200))
    issuer: Mapped[str] = mapped_column(String(200))
    note: Mapped[str | None] = mapped_column(Text)
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    state: Mapped[str] = mapped_column(String(12), default="proposed")
    proposed_by: Mapped[Name]
    proposed_at: Mapped[datetime]
    decided_by: Mapped[Name | None]
    decided_at: Mapped[datetime | None]
    decided_why: Mapped[str | None] = mapped_column(Text)
    ended_by: Mapped[Name | None]
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[str | None] = mapped_column(Text)
    warned_at: Mapped[datetime | None]
    followed_up_at: Mapped[datetime | None]


class EvidenceFile(Base):
    """A file of a piece; name and bytes are sealed under the piece's own key."""

    __tablename__ = "evidence_file"
    __table_args__ = (Index("ix_evidence_file_evidence_id", "evidence_id"),)
    sealed = Sealed(("name", "body"), prefix="evidence:", owner="evidence_id")

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    evidence_id: Mapped[Key] = mapped_column(ForeignKey("evidence.id"))
    name: Mapped[Blob]
    body: Mapped[Blob]
    media_type: Mapped[str] = mapped_column(String(32))
    size: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[Digest]
    added_at: Mapped[datetime]


class EvidenceUse(Base):
    """A decision that would have been harder without a piece: what is looked at again when the piece ends."""

    __tablename__ = "evidence_use"
    __table_args__ = (UniqueConstraint("evidence_id", "screening_id"), Index("ix_evidence_use_shop_id", "shop_id"))

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    evidence_id: Mapped[Key]
    shop_id: Mapped[Name]
    screening_id: Mapped[Key]
    used_at: Mapped[datetime]
