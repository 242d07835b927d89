"""Compensation claims: what a buyer is owed and why, each step of its life, and what an order has been given."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import ORG, Base, Digest, Key, Name, new_id


class Claim(Base):
    """One harm to one buyer. ``item`` is an item or after-sale of the order, or empty for the order as a whole.

    ``waits_for`` lists what keeps money from leaving; ``basis`` is the calculation, as it is told to both sides.
    """

    __tablename__ = "claim"
    __table_args__ = (
        UniqueConstraint("shop_id", "order_id", "item", "cause"),
        CheckConstraint("amount_fen >= 0", name="amount"),
        Index("ix_claim_state_settles_at", "state", "settles_at"),
        Index("ix_claim_state_opened_at_id", "state", "opened_at", "id"),
        Index("ix_claim_opened_at_id", "opened_at", "id"),
        Index("ix_claim_shop_id_opened_at", "shop_id", "opened_at"),
        Index("ix_claim_claimant_opened_at", "claimant", "opened_at"),
        Index("ix_claim_case_id", "case_id"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    org_id: Mapped[Name] = mapped_column(default=ORG)
    shop_id: Mapped[Name]
    order_id: Mapped[str] = mapped_column(String(200))
    item: Mapped[str] = mapped_column(String(128), default="")
    cause: Mapped[str] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(12))
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    paid_fen: Mapped[int] = mapped_column(BigInteger)
    transaction_id: Mapped[str | None] = mapped_column(String(64))
    claimant: Mapped[Digest | None]
    opened_by: Mapped[Name]
    opened_at: Mapped[datetime]
    settles_at: Mapped[datetime]
    needs_person: Mapped[bool] = mapped_column(Boolean)
    waits_for: Mapped[list[str]]
    basis: Mapped[dict[str, Any]]
    event_id: Mapped[str | None] = mapped_column(String(200))
    approved_by: Mapped[Name | None]
    approved_at: Mapped[datetime | None]
    payouts: Mapped[int] = mapped_column(Integer, default=0)
    retry_at: Mapped[datetime | None]
    recovered_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    excluded_by: Mapped[Key | None]
    case_id: Mapped[Key | None]
    exonerated_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]


class ClaimStep(Base):
    """One step in a claim's life; only grows."""

    __tablename__ = "claim_step"
    __table_args__ = (Index("ix_claim_step_claim_id_at", "claim_id", "at"),)

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    claim_id: Mapped[Key] = mapped_column(ForeignKey("claim.id"))
    at: Mapped[datetime]
    from_state: Mapped[str | None] = mapped_column(String(12))
    to_state: Mapped[str] = mapped_column(String(12))
    actor: Mapped[Name]
    reason: Mapped[str] = mapped_column(Text)
    details: Mapped[dict[str, Any]]


class OrderCompensation(Base):
    """What an order may be given and has been granted; its row is what two claims of one order meet at."""

    __tablename__ = "order_compensation"
    __table_args__ = (CheckConstraint("granted_fen >= 0 AND granted_fen <= cap_fen", name="cap"),)

    order_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    shop_id: Mapped[Name] = mapped_column(primary_key=True)
    cap_fen: Mapped[int] = mapped_column(BigInteger)
    granted_fen: Mapped[int] = mapped_column(BigInteger, default=0)
