"""What reviewers said of contents, what they still owe, and the trained models of the one that learns here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import ORG, Base, Blob, Digest, Key, Name, new_id


class ReviewerOpinion(Base):
    """One reviewer's word on one screening; ``state`` is given, abstained (``why`` says of what) or awaited.

    ``material`` is the digest of what the reviewer was shown, by which the same content is not asked twice.
    ``is_advice``: shown to officers and measured, but it decides nothing. ``reason`` holds nothing personal.
    """

    __tablename__ = "reviewer_opinion"
    __table_args__ = (
        UniqueConstraint("screening_id", "reviewer"),
        Index("ix_reviewer_opinion_material_reviewer", "material", "reviewer"),
        Index("ix_reviewer_opinion_reviewer_asked_at", "reviewer", "asked_at"),
        Index("ix_reviewer_opinion_shop_id_asked_at", "shop_id", "asked_at"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    org_id: Mapped[Name] = mapped_column(default=ORG)
    shop_id: Mapped[Name]
    screening_id: Mapped[Key]
    reviewer: Mapped[Name]
    version: Mapped[Digest]
    material: Mapped[Digest]
    state: Mapped[str] = mapped_column(String(10))
    verdict: Mapped[str | None] = mapped_column(String(8))
    score_bp: Mapped[int | None] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(Text, default="")
    why: Mapped[str | None] = mapped_column(String(32))
    facts: Mapped[dict[str, Any]]
    is_advice: Mapped[bool] = mapped_column(Boolean, default=False)
    is_repeated: Mapped[bool] = mapped_column(Boolean, default=False)
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    took_ms: Mapped[int] = mapped_column(Integer, default=0)


class AwaitedCheck(Base):
    """A check of one medium whose result the platform sends later, by the platform's own number of it."""

    __tablename__ = "awaited_check"
    __table_args__ = (Index("ix_awaited_check_screening_id", "screening_id"),)

    trace_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    reviewer: Mapped[Name]
    screening_id: Mapped[Key | None]
    suggest: Mapped[str | None] = mapped_column(String(16))
    label: Mapped[int | None] = mapped_column(Integer)
    errcode: Mapped[int | None] = mapped_column(Integer)
    asked_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]


class ReviewerModel(Base):
    """A trained model, named by the hash of its bytes; ``is_good``: it passed its trial on decisions new to it."""

    __tablename__ = "reviewer_model"
    __table_args__ = (Index("ix_reviewer_model_name_trained_at", "name", "trained_at"),)

    id: Mapped[Digest] = mapped_column(primary_key=True)
    name: Mapped[Name]
    trained_at: Mapped[datetime]
    trained_by: Mapped[Name]
    is_good: Mapped[bool] = mapped_column(Boolean)
    report: Mapped[dict[str, Any]]
    body: Mapped[Blob]


class ReviewerModelUse(Base):
    """Which model was taken into use when, and on whose word; without a model it was taken out of use. Only grows."""

    __tablename__ = "reviewer_model_use"
    __table_args__ = (Index("ix_reviewer_model_use_name_id", "name", "id"),)

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[Name]
    model_id: Mapped[Digest | None]
    used_at: Mapped[datetime]
    used_by: Mapped[Name]
    reason: Mapped[str] = mapped_column(Text)
