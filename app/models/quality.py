"""How good decisions are: second reviews that see nothing of the first, gold cases, and what learners answered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Key, Name, new_id


class SecondReview(Base):
    """A decided case that another officer decides again, blind: `waiting`, `agreed`, `disputed`, then `resolved`.

    The first decision is copied when the case is drawn, so that an appeal later changes nothing about what is compared.
    """

    __tablename__ = "second_review"
    __table_args__ = (
        UniqueConstraint("case_id"),
        Index("ix_second_review_state_drawn_at_id", "state", "drawn_at", "id"),
        Index("ix_second_review_second_at", "second_at"),
        Index("ix_second_review_claimed_by_state", "claimed_by", "state"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[Key] = mapped_column(ForeignKey("cases.id"))
    shop_id: Mapped[Name]
    queue: Mapped[str] = mapped_column(String(16))
    category: Mapped[str] = mapped_column(String(64))
    rules: Mapped[list[str]]
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    drawn_at: Mapped[datetime]
    first_by: Mapped[Name]
    first_outcome: Mapped[str] = mapped_column(String(8))
    first_policy: Mapped[str | None] = mapped_column(String(100))
    claimed_by: Mapped[Name | None]
    claimed_until: Mapped[datetime | None]
    second_by: Mapped[Name | None]
    second_at: Mapped[datetime | None]
    second_outcome: Mapped[str | None] = mapped_column(String(8))
    second_policy: Mapped[str | None] = mapped_column(String(100))
    second_reason: Mapped[str | None] = mapped_column(Text)
    resolved_by: Mapped[Name | None]
    resolved_at: Mapped[datetime | None]
    resolved_outcome: Mapped[str | None] = mapped_column(String(8))
    lesson: Mapped[str | None] = mapped_column(Text)


class GoldCase(Base):
    """A decided case whose decision is beyond doubt, for training: what is right, and why."""

    __tablename__ = "gold_case"
    __table_args__ = (UniqueConstraint("case_id"),)

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[Key] = mapped_column(ForeignKey("cases.id"))
    shop_id: Mapped[Name]
    queue: Mapped[str] = mapped_column(String(16))
    outcome: Mapped[str] = mapped_column(String(8))
    lesson: Mapped[str] = mapped_column(Text)
    marked_by: Mapped[Name]
    marked_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class GoldAnswer(Base):
    """What an officer answered to a gold case, once."""

    __tablename__ = "gold_answer"
    __table_args__ = (UniqueConstraint("officer", "gold_id"),)

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    gold_id: Mapped[Key] = mapped_column(ForeignKey("gold_case.id"))
    officer: Mapped[Name]
    outcome: Mapped[str] = mapped_column(String(8))
    is_right: Mapped[bool] = mapped_column(Boolean)
    answered_at: Mapped[datetime]
