"""Deadlines, and how alive a shop's feed of events is: lateness is the absence of an event."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import ORG, Base, Key, Name, new_id


class Deadline(Base):
    """One instant at which somebody has to look: `waiting`, `met` before it, `passed` and judged, or `cancelled`."""

    __tablename__ = "deadline"
    __table_args__ = (
        UniqueConstraint("shop_id", "root", "kind", "name", "subject"),
        Index("ix_deadline_state_due_at", "state", "due_at"),
        Index("ix_deadline_shop_id_state_due_at", "shop_id", "state", "due_at"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    org_id: Mapped[Name] = mapped_column(default=ORG)
    shop_id: Mapped[Name]
    root: Mapped[str] = mapped_column(String(240))
    kind: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(64))
    subject_type: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(12), default="waiting")
    due_at: Mapped[datetime]
    moved: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class Feed(Base):
    """What one source tells of a shop: when something came last; `fresh_since` begins anew after each silence.

    `source` is empty for what was noted before sources were told apart; the first that is heard goes on from there.
    """

    __tablename__ = "feed"

    shop_id: Mapped[Name] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(200), primary_key=True)
    tells_orders: Mapped[bool] = mapped_column(Boolean)
    last_received_at: Mapped[datetime]
    last_happened_at: Mapped[datetime]
    event_count: Mapped[int] = mapped_column(BigInteger, default=0)
    stale_since: Mapped[datetime | None]
    fresh_since: Mapped[datetime | None]
