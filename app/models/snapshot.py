"""Snapshots of rules and wordlists, stored whole under their content hash, and the pointer to the active one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Blob, Digest, Name


class Snapshot(Base):
    """Files as they were, canonical JSON, gzip. ``id`` is ``sha256:`` of the canonical JSON; never changed.

    ``first_active_at`` says since when it may be gone back to: it was in force once.
    """

    __tablename__ = "snapshot"
    __table_args__ = (Index("ix_snapshot_kind_created_at", "kind", "created_at"),)

    id: Mapped[Digest] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    files: Mapped[Blob]
    summary: Mapped[dict[str, Any]]
    proposed_by: Mapped[Name]
    created_at: Mapped[datetime]
    first_active_at: Mapped[datetime | None]


class ActiveSnapshot(Base):
    """Which snapshot of a kind is in force.

    ``folder_id`` is the last folder state that was looked at, good or bad: the watcher acts only when the folder has
    moved on from it, so a rolled-back snapshot stays rolled back. ``error`` says why that state was refused.
    ``edits_of`` is the published snapshot that what is in force was edited from, None when it is as published.
    """

    __tablename__ = "active_snapshot"

    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    snapshot_id: Mapped[Digest | None]
    previous_id: Mapped[Digest | None]
    generation: Mapped[int] = mapped_column(BigInteger, default=0)
    activated_at: Mapped[datetime | None]
    activated_by: Mapped[Name | None]
    folder_id: Mapped[Digest | None]
    checked_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)
    edits_of: Mapped[Digest | None]
