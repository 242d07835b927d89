"""How often rules were evaluated and fired, by minute, and the breakers that tripped because of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Name


class RuleMinute(Base):
    """What all processes together saw of one rule in one minute; ``unknown`` are firings for want of a fact."""

    __tablename__ = "rule_minute"
    __table_args__ = (Index("ix_rule_minute_minute_at", "minute_at"),)

    rule_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    minute_at: Mapped[datetime] = mapped_column(primary_key=True)
    evaluated: Mapped[int] = mapped_column(Integer)
    fired: Mapped[int] = mapped_column(Integer)
    unknown: Mapped[int] = mapped_column(Integer)


class RuleBreaker(Base):
    """A rule that left its band; while ``reset_at`` is empty its block or hold acts as review in every process.

    One row a rule: the last time. What was before stands in the audit log.
    """

    __tablename__ = "rule_breaker"

    rule_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    tripped_at: Mapped[datetime]
    why: Mapped[str] = mapped_column(Text)
    details: Mapped[dict[str, Any]]
    reset_at: Mapped[datetime | None]
    reset_by: Mapped[Name | None]
    reset_reason: Mapped[str | None] = mapped_column(Text)
