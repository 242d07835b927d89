"""Built matchers and compiled rules, kept so that the processes of other machines need not make them again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Blob, Digest


class PackedMatcher(Base):
    """A piece of a snapshot's matcher, compressed. ``variant`` says which program can open it; only on PostgreSQL.

    Rows may be deleted at any time: what is missing is built again.
    """

    __tablename__ = "packed_matcher"
    __table_args__ = (Index("ix_packed_matcher_created_at", "created_at"),)

    snapshot_id: Mapped[Digest] = mapped_column(primary_key=True)
    variant: Mapped[str] = mapped_column(String(32), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    data: Mapped[Blob]
    created_at: Mapped[datetime]


class PackedRules(Base):
    """A piece of a snapshot's compiled rules, compressed and sealed as a whole; else like ``PackedMatcher``."""

    __tablename__ = "packed_rules"
    __table_args__ = (Index("ix_packed_rules_created_at", "created_at"),)

    snapshot_id: Mapped[Digest] = mapped_column(primary_key=True)
    variant: Mapped[str] = mapped_column(String(32), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    data: Mapped[Blob]
    created_at: Mapped[datetime]
