"""Service providers' ratings, appeals against them, and the badge 优选标识."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, Select, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import ORG, Base, Digest, Key, Name, new_id
from app.models.event import EventDecision


class ProviderRating(Base):
    """A rating: `held` until a person lets it through, or `in_force`, `refused`, `revoked` (an appeal was right).

    Which rating holds is the newest of those with `in_force_at`; the older ones are the history.
    """

    __tablename__ = "provider_rating"
    __table_args__ = (
        UniqueConstraint("shop_id", "provider_id", "occasion"),
        Index("ix_provider_rating_shop_id_provider_id_in_force_at", "shop_id", "provider_id", "in_force_at"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    org_id: Mapped[Name] = mapped_column(default=ORG)
    shop_id: Mapped[Name]
    provider_id: Mapped[str] = mapped_column(String(200))
    occasion: Mapped[str] = mapped_column(String(64))
    rated_at: Mapped[datetime]
    rated_by: Mapped[Name]
    service_score: Mapped[int | None] = mapped_column(Integer)
    fulfilment_score: Mapped[int | None] = mapped_column(Integer)
    innovation_score: Mapped[int | None] = mapped_column(Integer)
    sample_count: Mapped[int] = mapped_column(Integer)
    newest_at: Mapped[datetime | None]
    score: Mapped[int | None] = mapped_column(Integer)
    grade: Mapped[str | None] = mapped_column(String(1))
    grade_before: Mapped[str | None] = mapped_column(String(1))
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12))
    held_by: Mapped[str | None] = mapped_column(String(200))
    in_force_at: Mapped[datetime | None]
    appeal_until_at: Mapped[datetime]
    decided_by: Mapped[Name | None]
    decided_at: Mapped[datetime | None]
    decided_why: Mapped[str | None] = mapped_column(Text)
    rules_snapshot: Mapped[Digest]


class ProviderAppeal(Base):
    """A provider contests a rating: `waiting`, `upheld` (the rating goes) or `dismissed`; one a rating."""

    __tablename__ = "provider_appeal"
    __table_args__ = (
        UniqueConstraint("rating_id"),
        Index("ix_provider_appeal_state_due_at", "state", "due_at"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    org_id: Mapped[Name] = mapped_column(default=ORG)
    shop_id: Mapped[Name]
    provider_id: Mapped[str] = mapped_column(String(200))
    rating_id: Mapped[Key] = mapped_column(ForeignKey("provider_rating.id"))
    text: Mapped[str] = mapped_column(Text)
    evidence_ref: Mapped[str | None] = mapped_column(String(500))
    state: Mapped[str] = mapped_column(String(12), default="waiting")
    asked_by: Mapped[Name]
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    decided_by: Mapped[Name | None]
    decided_at: Mapped[datetime | None]
    decided_why: Mapped[str | None] = mapped_column(Text)


class ProviderBadge(Base):
    """The badge 优选标识 of a provider: from when it was given until it was taken away, and why."""

    __tablename__ = "provider_badge"
    __table_args__ = (Index("ix_provider_badge_shop_id_provider_id", "shop_id", "provider_id"),)

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    org_id: Mapped[Name] = mapped_column(default=ORG)
    shop_id: Mapped[Name]
    provider_id: Mapped[str] = mapped_column(String(200))
    standing: Mapped[str | None] = mapped_column(String(340), unique=True)
    granted_at: Mapped[datetime]
    granted_by: Mapped[Name]
    granted_why: Mapped[str] = mapped_column(Text)
    lapsed_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[Name | None]
    withdrawn_why: Mapped[str | None] = mapped_column(Text)


def violations(shop_id: str, provider_id: str, *, since: datetime, until: datetime) -> Select[EventDecision]:
    """Doings of a provider that the rules block, as they are judged now, the newest first."""
    mine = (EventDecision.shop_id == shop_id) & (EventDecision.subject == provider_id) & EventDecision.is_current
    hard = EventDecision.kind.in_(["provider.ops", "provider.data_access"]) & (EventDecision.decision == "block")
    when = (EventDecision.happened_at > since) & (EventDecision.happened_at <= until)
    return select(EventDecision).where(mine, hard, when).order_by(EventDecision.happened_at.desc())
