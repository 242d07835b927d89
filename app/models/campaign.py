"""Campaigns and what belongs to them: coupons, contests, stored value, points; figures of goods and buyers by time.

The first group are typed tables like orders: what their events add up to. `figure_point` and `fission_edge` only grow:
one row for each thing an event said, so that a figure can be worked out as of any instant.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import ORG, Base, Json, Key, Name, new_id
from app.models.subject import Map, Subject


class Campaign(Subject, Base):
    """A campaign as it was last told; `resets` are the instants at which its end was put off."""

    __tablename__ = "campaigns"
    ENTITY = "campaign"

    type: Mapped[str | None] = mapped_column(String(32))
    title: Mapped[str | None] = mapped_column(String(200))
    carrier: Mapped[str | None] = mapped_column(String(32))
    sku_id: Mapped[str | None] = mapped_column(String(200))
    price_fen: Mapped[int | None] = mapped_column(BigInteger)
    threshold_fen: Mapped[int | None] = mapped_column(BigInteger)
    amount_fen: Mapped[int | None] = mapped_column(BigInteger)
    declared_stock_count: Mapped[int | None] = mapped_column(BigInteger)
    target_gmv_fen: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime | None]
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    resets: Mapped[Map | None] = mapped_column(Json)

    @classmethod
    def indexes(cls) -> tuple[Any, ...]:
        """By what lists and figures ask for."""
        return (
            Index("ix_campaigns_shop_id_created_at", "shop_id", "created_at"),
            Index("ix_campaigns_shop_id_sku_id_starts_at", "shop_id", "sku_id", "starts_at"),
        )


class Coupon(Subject, Base):
    """A coupon as it was last told."""

    __tablename__ = "coupons"
    ENTITY = "coupon"

    campaign_id: Mapped[str | None] = mapped_column(String(200))
    type: Mapped[str | None] = mapped_column(String(32))
    threshold_fen: Mapped[int | None] = mapped_column(BigInteger)
    amount_fen: Mapped[int | None] = mapped_column(BigInteger)
    valid_from_at: Mapped[datetime | None]
    valid_to_at: Mapped[datetime | None]
    created_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    @classmethod
    def indexes(cls) -> tuple[Any, ...]:
        """By the campaign they belong to."""
        return (Index("ix_coupons_shop_id_campaign_id", "shop_id", "campaign_id"),)


class Contest(Subject, Base):
    """A lottery or contest with prizes; `terms` is the digest of what was announced when it started."""

    __tablename__ = "contests"
    ENTITY = "contest"

    campaign_id: Mapped[str | None] = mapped_column(String(200))
    type: Mapped[str | None] = mapped_column(String(32))
    starts_at: Mapped[datetime | None]
    draw_at: Mapped[datetime | None]
    prize_max_fen: Mapped[int | None] = mapped_column(BigInteger)
    prize_total_fen: Mapped[int | None] = mapped_column(BigInteger)
    staff: Mapped[Map | None] = mapped_column(Json)
    terms: Mapped[str | None] = mapped_column(String(64))
    terms_changed_count: Mapped[int | None] = mapped_column(Integer)
    closed_at: Mapped[datetime | None]
    winner_count: Mapped[int | None] = mapped_column(Integer)

    @classmethod
    def indexes(cls) -> tuple[Any, ...]:
        """By the campaign they belong to."""
        return (Index("ix_contests_shop_id_campaign_id", "shop_id", "campaign_id"),)


class StoredValue(Subject, Base):
    """Money a customer paid in advance, what was given on top, spent and asked back."""

    __tablename__ = "stored_values"
    ENTITY = "topup"

    person_ref: Mapped[str | None] = mapped_column(String(200))
    transaction_id: Mapped[str | None] = mapped_column(String(64))
    paid_at: Mapped[datetime | None]
    paid_fen: Mapped[int | None] = mapped_column(BigInteger)
    bonus_fen: Mapped[int | None] = mapped_column(BigInteger)
    spends: Mapped[Map | None] = mapped_column(Json)
    spent_fen: Mapped[int | None] = mapped_column(BigInteger)
    refund_asked_at: Mapped[datetime | None]
    refund_answer: Mapped[str | None] = mapped_column(String(16))

    @classmethod
    def indexes(cls) -> tuple[Any, ...]:
        """By the payment, for profit sharing, and by the customer, for adding up what they paid."""
        return (
            Index("ix_stored_values_shop_id_transaction_id", "shop_id", "transaction_id"),
            Index("ix_stored_values_shop_id_person_ref_paid_at", "shop_id", "person_ref", "paid_at"),
        )


class PointsChange(Subject, Base):
    """A change of the rules of points: when it was announced and when it takes effect."""

    __tablename__ = "points_changes"
    ENTITY = "points"

    type: Mapped[str | None] = mapped_column(String(16))
    announced_at: Mapped[datetime | None]
    effective_at: Mapped[datetime | None]


class FigurePoint(Base):
    """One figure of goods (`sku:…`) or of a buyer (`buyer:…`) at one instant, as an event told it."""

    __tablename__ = "figure_point"
    __table_args__ = (
        UniqueConstraint("event_pk", "about", "name"),
        Index("ix_figure_point_shop_id_about_name_at", "shop_id", "about", "name", "at"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    org_id: Mapped[Name] = mapped_column(default=ORG)
    shop_id: Mapped[Name]
    about: Mapped[str] = mapped_column(String(240))
    name: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime]
    value: Mapped[int] = mapped_column(BigInteger)
    subject: Mapped[str] = mapped_column(String(200))
    event_pk: Mapped[Key] = mapped_column(ForeignKey("event.id"))


class FissionEdge(Base):
    """Who was brought into a campaign by whom; references are the shop's own and opaque."""

    __tablename__ = "fission_edge"
    __table_args__ = (
        UniqueConstraint("event_pk"),
        Index("ix_fission_edge_shop_id_campaign_id_invitee_ref", "shop_id", "campaign_id", "invitee_ref"),
        Index("ix_fission_edge_shop_id_campaign_id_at", "shop_id", "campaign_id", "at"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    org_id: Mapped[Name] = mapped_column(default=ORG)
    shop_id: Mapped[Name]
    campaign_id: Mapped[str] = mapped_column(String(200))
    inviter_ref: Mapped[str] = mapped_column(String(200))
    invitee_ref: Mapped[str] = mapped_column(String(200))
    device_ref: Mapped[str | None] = mapped_column(String(200))
    is_new_customer: Mapped[bool | None] = mapped_column(Boolean)
    at: Mapped[datetime]
    event_pk: Mapped[Key] = mapped_column(ForeignKey("event.id"))
