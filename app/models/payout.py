"""Money on its way out: payouts, stops, merchants' agreements, and the platform's bills they are matched with."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import ORG, Base, Digest, Key, Name, new_id


class Payout(Base):
    """One order to a channel to pay one claim; ``id`` is the number the channel knows it by (32 letters and digits).

    ``day`` is the day in China it counts against; ``sent_at`` is set before the channel is first called.
    """

    __tablename__ = "payout"
    __table_args__ = (
        UniqueConstraint("claim_id", "number"),
        Index("ix_payout_day_is_automatic", "day", "is_automatic"),
        Index("ix_payout_state_sent_at", "state", "sent_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    claim_id: Mapped[Key] = mapped_column(ForeignKey("claim.id"))
    number: Mapped[int] = mapped_column(Integer)
    channel: Mapped[str] = mapped_column(String(32))
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(8), default="pending")
    day: Mapped[date]
    is_automatic: Mapped[bool] = mapped_column(Boolean)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    channel_ref: Mapped[str | None] = mapped_column(String(128))
    code: Mapped[str | None] = mapped_column(String(64))
    detail: Mapped[str | None] = mapped_column(Text)


class PayoutStop(Base):
    """A thrown stop switch: ``scope`` is all, shop or cause. It ends only when a second person agrees."""

    __tablename__ = "payout_stop"
    __table_args__ = (Index("ix_payout_stop_lifted_at", "lifted_at"),)

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    org_id: Mapped[Name] = mapped_column(default=ORG)
    scope: Mapped[str] = mapped_column(String(8))
    value: Mapped[Name] = mapped_column(default="")
    thrown_at: Mapped[datetime]
    thrown_by: Mapped[Name]
    reason: Mapped[str] = mapped_column(Text)
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[Name | None]


class MerchantAgreement(Base):
    """A merchant's written agreement about its deposit: how much may be taken, management, use, refund (电商法 58)."""

    __tablename__ = "merchant_agreement"
    __table_args__ = (Index("ix_merchant_agreement_shop_id_valid_from", "shop_id", "valid_from"),)

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    org_id: Mapped[Name] = mapped_column(default=ORG)
    shop_id: Mapped[Name]
    document: Mapped[str] = mapped_column(Text)
    limit_fen: Mapped[int] = mapped_column(BigInteger)
    management: Mapped[str] = mapped_column(Text)
    usage: Mapped[str] = mapped_column(Text)
    refund: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    recorded_by: Mapped[Name]
    recorded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class BillFile(Base):
    """One bill of the platform, imported once; ``is_whole``: its lines were kept both ways, what came and what left."""

    __tablename__ = "bill_file"
    __table_args__ = (UniqueConstraint("digest"), Index("ix_bill_file_channel_day", "channel", "day"))

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    org_id: Mapped[Name] = mapped_column(default=ORG)
    channel: Mapped[str] = mapped_column(String(32))
    day: Mapped[date]
    digest: Mapped[Digest]
    summary: Mapped[dict[str, Any]]
    is_whole: Mapped[bool] = mapped_column(Boolean, default=True)
    imported_at: Mapped[datetime]
    imported_by: Mapped[Name]


class BillLine(Base):
    """One line of a bill; ``reference`` is our payout's number, where the platform says one.

    A payout explains it (``matched_id``; ``-`` where nothing did at first) or an entry (``entry_id``).
    """

    __tablename__ = "bill_line"
    __table_args__ = (
        UniqueConstraint("channel", "flow_no"),
        UniqueConstraint("entry_id"),
        Index("ix_bill_line_reference", "reference"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    file_id: Mapped[Key] = mapped_column(ForeignKey("bill_file.id"))
    channel: Mapped[str] = mapped_column(String(32))
    flow_no: Mapped[str] = mapped_column(String(64))
    reference: Mapped[str] = mapped_column(String(64))
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    booked_at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(32))
    is_in: Mapped[bool] = mapped_column(Boolean, default=False)
    matched_id: Mapped[str | None] = mapped_column(String(32))
    entry_id: Mapped[str | None] = mapped_column(String(128))


class BillDifference(Base):
    """What bills and ledger do not agree about, in suspense until a person explains it, unless the money was gone."""

    __tablename__ = "bill_difference"
    __table_args__ = (
        UniqueConstraint("kind", "about"),
        Index("ix_bill_difference_resolved_at_opened_at", "resolved_at", "opened_at"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    org_id: Mapped[Name] = mapped_column(default=ORG)
    kind: Mapped[str] = mapped_column(String(24))
    about: Mapped[str] = mapped_column(String(128))
    payout_id: Mapped[str | None] = mapped_column(String(32))
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    is_held: Mapped[bool] = mapped_column(Boolean, default=True)
    day: Mapped[date]
    opened_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[Name | None]
    resolution: Mapped[str | None] = mapped_column(Text)
