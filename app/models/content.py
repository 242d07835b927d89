"""Contents and their screenings.

A content is one uploaded thing with its present outcome; each screening is one version of it with the answer as given.
The request and the answer are stored whole. Where the text shows personal data both are sealed and only a redacted
excerpt of the same length stays readable, so that positions still hold.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import ORG, Base, Blob, Digest, Key, Name, Sealed, new_id


class Content(Base):
    """One thing a shop publishes. ``decision`` is its present outcome; ``outcome_by`` says whose word that is."""

    __tablename__ = "content"
    __table_args__ = (
        UniqueConstraint("org_id", "shop_id", "content_id"),
        Index("ix_content_content_id", "content_id"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    org_id: Mapped[Name] = mapped_column(default=ORG)
    shop_id: Mapped[Name]
    content_id: Mapped[str] = mapped_column(String(200))
    version: Mapped[int] = mapped_column(Integer)
    digest: Mapped[Digest]
    screening_id: Mapped[Key]
    decision: Mapped[str] = mapped_column(String(8))
    status: Mapped[str] = mapped_column(String(8))
    outcome_by: Mapped[Name]
    outcome_at: Mapped[datetime]
    outcome_reason: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]


class Screening(Base):
    """One version of a content as it was screened and answered. Written once."""

    __tablename__ = "screening"
    __table_args__ = (
        UniqueConstraint("content_pk", "version"),
        Index("ix_screening_shop_id_created_at", "shop_id", "created_at"),
        Index("ix_screening_sealed_for", "sealed_for"),
        Index("ix_screening_created_at", "created_at"),
    )
    sealed = Sealed(("request", "answer"), owner="sealed_for")

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    content_pk: Mapped[Key]
    shop_id: Mapped[Name]
    version: Mapped[int] = mapped_column(Integer)
    predecessor_id: Mapped[Key | None]
    digest: Mapped[Digest]
    folded_digest: Mapped[Digest]
    kind: Mapped[str] = mapped_column(String(64))
    author_id: Mapped[str | None] = mapped_column(String(200))
    decision: Mapped[str] = mapped_column(String(8))
    excerpt: Mapped[str] = mapped_column(Text)
    request: Mapped[Blob]
    answer: Mapped[Blob]
    is_sealed: Mapped[bool] = mapped_column(Boolean, default=False)
    sealed_for: Mapped[str | None] = mapped_column(String(200))
    rules_snapshot: Mapped[Digest]
    wordlists_snapshot: Mapped[Digest]
    mix_type: Mapped[str | None] = mapped_column(String(16))
    took_us: Mapped[int] = mapped_column(BigInteger)
    occurred_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Case(Base):
    """Something a person has to look at (``review``) or may be asked about (``block``).

    ``state`` is open, held, second (waits for a second officer), decided, appealed, upheld, overturned or superseded;
    claimed is an open one whose ``claimed_until`` lies ahead, so a claim that times out needs nobody to clear it away.
    ``stamp`` rises with every change, so that a page can tell that it is stale. ``size`` contents stand behind it.

    About a content, or about an order or another subject of events: then it has `subject_type`, `subject` and a
    `natural_key`, by which equal doubts are one case.
    """

    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_state_due_at_id", "state", "due_at", "id"),
        Index("ix_cases_state_category_due_at_id", "state", "category", "due_at", "id"),
        Index("ix_cases_due_at_id", "due_at", "id"),
        Index("ix_cases_shop_id_state_due_at", "shop_id", "state", "due_at"),
        Index("ix_cases_content_pk", "content_pk"),
        Index("ix_cases_folded_digest", "folded_digest"),
        Index("ix_cases_natural_key", "natural_key", unique=True),
        Index("ix_cases_shop_id_subject", "shop_id", "subject"),
        Index("ix_cases_state_queue_due_at_id", "state", "queue", "due_at", "id"),
        Index("ix_cases_state_severity_due_at_id", "state", "severity", "due_at", "id"),
        Index("ix_cases_claimed_by_state_due_at_id", "claimed_by", "state", "due_at", "id"),
        Index("ix_cases_assigned_to_state_due_at_id", "assigned_to", "state", "due_at", "id"),
        Index("ix_cases_shop_id_author_id", "shop_id", "author_id", "opened_at"),
        Index("ix_cases_shop_id_opened_at", "shop_id", "opened_at"),
        Index("ix_cases_decision_opened_at", "decision", "opened_at"),
        Index("ix_cases_state_opened_at", "state", "opened_at"),
        Index("ix_cases_shop_id_basis_opened_at", "shop_id", "basis", "opened_at"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    org_id: Mapped[Name] = mapped_column(default=ORG)
    shop_id: Mapped[Name]
    content_pk: Mapped[Key | None] = mapped_column(ForeignKey("content.id"))
    screening_id: Mapped[Key | None] = mapped_column(ForeignKey("screening.id"))
    folded_digest: Mapped[Digest | None]
    subject_type: Mapped[str | None] = mapped_column(String(32))
    subject: Mapped[str | None] = mapped_column(String(200))
    natural_key: Mapped[str | None] = mapped_column(String(300))
    state: Mapped[str] = mapped_column(String(16), default="open")
    decision: Mapped[str] = mapped_column(String(8))
    category: Mapped[str] = mapped_column(String(64))
    severity: Mapped[int] = mapped_column(Integer)
    summary: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[Name | None]
    outcome: Mapped[str | None] = mapped_column(String(8))
    reason: Mapped[str | None] = mapped_column(Text)
    policy: Mapped[str | None] = mapped_column(String(100))
    suggestion: Mapped[str | None] = mapped_column(Text)
    queue: Mapped[str] = mapped_column(String(16), default="content", server_default="content")
    author_id: Mapped[str | None] = mapped_column(String(200))
    amount_fen: Mapped[int | None] = mapped_column(BigInteger)
    size: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    stamp: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    claimed_by: Mapped[Name | None]
    claimed_until: Mapped[datetime | None]
    assigned_to: Mapped[Name | None]
    held_until: Mapped[datetime | None]
    first_by: Mapped[Name | None]
    first_at: Mapped[datetime | None]
    first: Mapped[dict[str, Any] | None]
    basis: Mapped[Digest | None]
    sketch: Mapped[Blob | None]
    bulk_id: Mapped[Key | None]
    wording_id: Mapped[Key | None]
    script: Mapped[str | None] = mapped_column(String(16))
