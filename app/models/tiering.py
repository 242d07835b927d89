"""Which segment of a shop's customers each person is in, how they came there, and the runs that worked it out.

A person stands here under a keyed pseudonym only: whoever reads these tables alone cannot say who it is. All rows of a
person go with an erasure, so these tables do not only grow.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import ORG, Base, Digest, Key, Name, new_id
from app.models.subject import Subject

Pseudonym = String(32)
Segment = String(12)


class TierRun(Base):
    """One run over a shop's customers. `read_at` is when it began to read: a later run looks at what came since.

    `stage` is `reading` or `writing`, with how much of it is done; `beat_at` is when the run was last heard of.
    """

    __tablename__ = "tier_run"
    __table_args__ = (Index("ix_tier_run_shop_id_as_of", "shop_id", "as_of"),)

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    org_id: Mapped[Name] = mapped_column(default=ORG)
    shop_id: Mapped[Name]
    state: Mapped[str] = mapped_column(String(12))
    as_of: Mapped[datetime]
    read_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    beat_at: Mapped[datetime | None]
    stage: Mapped[str | None] = mapped_column(String(12))
    done_count: Mapped[int | None] = mapped_column(Integer)
    total_count: Mapped[int | None] = mapped_column(Integer)
    is_full: Mapped[bool] = mapped_column(Boolean)
    asked_by: Mapped[Name]
    terms: Mapped[dict[str, Any]]
    terms_digest: Mapped[Digest]
    looked_at_count: Mapped[int] = mapped_column(Integer)
    moved_count: Mapped[int] = mapped_column(Integer)
    counts: Mapped[dict[str, Any]]


class PersonSegment(Base):
    """A person's segment in a shop with the figures it rests on; what is not known is empty."""

    __tablename__ = "person_segment"
    __table_args__ = (Index("ix_person_segment_shop_id_segment_person", "shop_id", "segment", "person"),)

    shop_id: Mapped[Name] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(Pseudonym, primary_key=True)
    segment: Mapped[str] = mapped_column(Segment)
    since_at: Mapped[datetime]
    first_segment: Mapped[str] = mapped_column(Segment)
    first_at: Mapped[datetime]
    last_paid_at: Mapped[datetime | None]
    first_paid_at: Mapped[datetime | None]
    order_count: Mapped[int] = mapped_column(Integer)
    spend_fen: Mapped[int] = mapped_column(BigInteger)
    monthly_spend_fen: Mapped[int] = mapped_column(BigInteger)
    weekly_interaction_count: Mapped[int | None] = mapped_column(BigInteger)
    followed_brand_count: Mapped[int | None] = mapped_column(BigInteger)
    first_order_rate_bp: Mapped[int | None] = mapped_column(BigInteger)
    average_browse_seconds: Mapped[int | None] = mapped_column(BigInteger)
    recency_score: Mapped[int | None] = mapped_column(Integer)
    frequency_score: Mapped[int | None] = mapped_column(Integer)
    monetary_score: Mapped[int | None] = mapped_column(Integer)


class SegmentMove(Base):
    """A person who went from one segment to another, with the figures that moved them. `gone`: no customer any more."""

    __tablename__ = "segment_move"
    __table_args__ = (
        Index("ix_segment_move_shop_id_person_at", "shop_id", "person", "at"),
        Index("ix_segment_move_shop_id_at", "shop_id", "at"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    shop_id: Mapped[Name]
    person: Mapped[str] = mapped_column(Pseudonym)
    from_segment: Mapped[str] = mapped_column(Segment)
    to_segment: Mapped[str] = mapped_column(Segment)
    at: Mapped[datetime]
    run_id: Mapped[Key]
    figures: Mapped[dict[str, Any]]


class Quote(Subject, Base):
    """A price somebody was shown, and under which conditions: kept so that like can be compared with like."""

    __tablename__ = "quotes"
    ENTITY = "quote"

    sku_id: Mapped[str | None] = mapped_column(String(200))
    quoted_at: Mapped[datetime | None]
    person_ref: Mapped[str | None] = mapped_column(String(200))
    quantity: Mapped[int | None] = mapped_column(BigInteger)
    region: Mapped[str | None] = mapped_column(String(64))
    public_condition: Mapped[str | None] = mapped_column(String(200))
    tier: Mapped[str | None] = mapped_column(String(32))
    device: Mapped[str | None] = mapped_column(String(64))
    payable_fen: Mapped[int | None] = mapped_column(BigInteger)

    @classmethod
    def indexes(cls) -> tuple[Any, ...]:
        """By what is compared: the same goods about the same time."""
        return (*super().indexes(), Index("ix_quotes_shop_id_sku_id_quoted_at", "shop_id", "sku_id", "quoted_at"))
