"""The typed tables: what the events of an order, its parcels, refunds and splits add up to now.

Every row can be made again from the events; nothing is kept here alone. A table is one class below ``Subject``: its
columns are what the kinds of event write, and nothing else registers it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Index, Integer, String, UniqueConstraint, delete
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from app.models.base import ORG, Base, Json, Key, Name, new_id
from app.models.split_receiver import SplitReceiver

Map = dict[str, Any]


class Subject:
    """Columns of every typed table. `order_id` is empty while the order is not known."""

    ENTITY = ""

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    org_id: Mapped[Name] = mapped_column(default=ORG)
    shop_id: Mapped[Name]
    order_id: Mapped[str] = mapped_column(String(200))
    subject: Mapped[str] = mapped_column(String(200))
    version: Mapped[int] = mapped_column(Integer)
    updated_at: Mapped[datetime]

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:  # noqa: N805 - a class method by SQLAlchemy's way
        return (UniqueConstraint("shop_id", "subject", "order_id"), *cls.indexes())

    @classmethod
    def indexes(cls) -> tuple[Any, ...]:
        """The table's own indexes."""
        return (Index(f"ix_{cls.__tablename__}_shop_id_order_id", "shop_id", "order_id"),)  # type: ignore[attr-defined]

    def beside(self) -> tuple[Any, list[Any]] | None:
        """What else has to be told anew when the row changes: what of the old to drop, and the new rows."""
        return None


class Order(Subject, Base):
    """An order as it stands."""

    __tablename__ = "orders"
    ENTITY = "order"

    transaction_id: Mapped[str | None] = mapped_column(String(64))
    out_trade_no: Mapped[str | None] = mapped_column(String(64))
    buyer_ref: Mapped[str | None] = mapped_column(String(200))
    supplier_id: Mapped[str | None] = mapped_column(String(128))
    supplier_tier: Mapped[str | None] = mapped_column(String(32))
    merchant_type: Mapped[str | None] = mapped_column(String(32))
    category: Mapped[str | None] = mapped_column(String(64))
    channel: Mapped[str | None] = mapped_column(String(32))
    stock_type: Mapped[str | None] = mapped_column(String(16))
    paid_at: Mapped[datetime | None]
    paid_fen: Mapped[int | None] = mapped_column(BigInteger)
    delivery_deadline_at: Mapped[datetime | None]
    predicted_delivery_at: Mapped[datetime | None]
    promise_hours: Mapped[int | None] = mapped_column(Integer)
    custom_made: Mapped[bool | None] = mapped_column(Boolean)
    no_return_confirmed: Mapped[bool | None] = mapped_column(Boolean)
    first_shipped_at: Mapped[datetime | None]
    shipped_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancel_type: Mapped[str | None] = mapped_column(String(16))
    confirmed_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    profit_sharing: Mapped[bool | None] = mapped_column(Boolean)
    buyer_age_band: Mapped[str | None] = mapped_column(String(16))
    crossborder: Mapped[bool | None] = mapped_column(Boolean)
    customs_released_at: Mapped[datetime | None]
    splits: Mapped[Map | None] = mapped_column(Json)
    unfrozen_at: Mapped[datetime | None]
    extended_to_at: Mapped[datetime | None]
    extension_count: Mapped[int | None] = mapped_column(Integer)
    extensions: Mapped[Map | None] = mapped_column(Json)
    urge_count: Mapped[int | None] = mapped_column(Integer)
    urges: Mapped[Map | None] = mapped_column(Json)
    after_sales: Mapped[Map | None] = mapped_column(Json)
    open_after_sale_count: Mapped[int | None] = mapped_column(Integer)
    refunds: Mapped[Map | None] = mapped_column(Json)
    refunded_fen: Mapped[int | None] = mapped_column(BigInteger)
    fully_refunded_at: Mapped[datetime | None]
    guarantees: Mapped[Map | None] = mapped_column(Json)
    guaranteed_fen: Mapped[int | None] = mapped_column(BigInteger)
    sku_ids: Mapped[list[Any] | None] = mapped_column(Json)
    payments: Mapped[Map | None] = mapped_column(Json)
    contested_count: Mapped[int | None] = mapped_column(Integer)
    contested_fen: Mapped[int | None] = mapped_column(BigInteger)
    contested_facts: Mapped[list[Any] | None] = mapped_column(Json)
    belongs_elsewhere: Mapped[bool | None] = mapped_column(Boolean)

    @classmethod
    def indexes(cls) -> tuple[Any, ...]:
        """By what lists and aggregates ask for."""
        return (
            Index("ix_orders_shop_id_paid_at", "shop_id", "paid_at"),
            Index(  # all that adding up a shop's customers reads: no row is looked up for it
                "ix_orders_by_buyer",
                "shop_id",
                "buyer_ref",
                "paid_at",
                "paid_fen",
                "refunded_fen",
                "cancelled_at",
                "fully_refunded_at",
            ),
            Index("ix_orders_shop_id_updated_at", "shop_id", "updated_at"),
            Index("ix_orders_subject", "subject"),  # whether another shop has an order of that number
            Index("ix_orders_shop_id_transaction_id", "shop_id", "transaction_id"),
            Index("ix_orders_shop_id_supplier_id_paid_at", "shop_id", "supplier_id", "paid_at"),
        )


class Parcel(Subject, Base):
    """A parcel of an order; one that carries two orders stands here for each."""

    __tablename__ = "parcels"
    ENTITY = "parcel"

    carrier: Mapped[str | None] = mapped_column(String(64))
    ship_province: Mapped[str | None] = mapped_column(String(64))
    shipped_at: Mapped[datetime | None]
    picked_up_at: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]
    last_trace_at: Mapped[datetime | None]
    last_action: Mapped[str | None] = mapped_column(String(32))


class Refund(Subject, Base):
    """An after-sale and the refund it led to."""

    __tablename__ = "refunds"
    ENTITY = "refund"

    type: Mapped[str | None] = mapped_column(String(16))
    status: Mapped[str | None] = mapped_column(String(32))
    reason: Mapped[str | None] = mapped_column(String(64))
    result: Mapped[str | None] = mapped_column(String(16))
    refund_id: Mapped[str | None] = mapped_column(String(64))
    amount_fen: Mapped[int | None] = mapped_column(BigInteger)
    refunded_fen: Mapped[int | None] = mapped_column(BigInteger)
    opened_at: Mapped[datetime | None]
    return_received_at: Mapped[datetime | None]
    refunded_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class Split(Subject, Base):
    """A profit sharing: what was asked, what receivers got, what came back."""

    __tablename__ = "splits"
    ENTITY = "split"

    transaction_id: Mapped[str | None] = mapped_column(String(64))
    platform_order_id: Mapped[str | None] = mapped_column(String(64))
    state: Mapped[str | None] = mapped_column(String(16))
    asked_fen: Mapped[int | None] = mapped_column(BigInteger)
    split_fen: Mapped[int | None] = mapped_column(BigInteger)
    returned_fen: Mapped[int | None] = mapped_column(BigInteger)
    return_count: Mapped[int | None] = mapped_column(Integer)
    unfreeze_unsplit: Mapped[bool | None] = mapped_column(Boolean)
    receivers: Mapped[Map | None] = mapped_column(Json)
    results: Mapped[Map | None] = mapped_column(Json)
    returns: Mapped[Map | None] = mapped_column(Json)
    difference_fen: Mapped[int | None] = mapped_column(BigInteger)
    renumbered: Mapped[Map | None] = mapped_column(Json)
    renumbered_count: Mapped[int | None] = mapped_column(Integer)
    requested_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    @classmethod
    def indexes(cls) -> tuple[Any, ...]:
        """By payment, and by time for counting what a receiver got."""
        return (
            *super().indexes(),
            Index("ix_splits_shop_id_transaction_id", "shop_id", "transaction_id"),
            Index("ix_splits_shop_id_requested_at", "shop_id", "requested_at"),
        )

    def beside(self) -> tuple[Any, list[Any]] | None:
        """Its receivers, each by itself."""
        mine = (SplitReceiver.shop_id == self.shop_id) & (SplitReceiver.split == self.subject)
        if self.requested_at is None or not self.receivers:
            return delete(SplitReceiver).where(mine), []
        own = {"shop_id": self.shop_id, "split": self.subject, "requested_at": self.requested_at}
        return delete(SplitReceiver).where(mine), [SplitReceiver(receiver=name[:300], **own) for name in self.receivers]


class Complaint(Subject, Base):
    """A buyer's complaint."""

    __tablename__ = "complaints"
    ENTITY = "complaint"

    status: Mapped[str | None] = mapped_column(String(16))
    channel: Mapped[str | None] = mapped_column(String(16))
    opened_at: Mapped[datetime | None]
    replied_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]


class Ticket(Subject, Base):
    """A ticket of the platform's customer service."""

    __tablename__ = "tickets"
    ENTITY = "ticket"

    ticket_class: Mapped[str | None] = mapped_column(String(32))
    state: Mapped[str | None] = mapped_column(String(16))
    opened_at: Mapped[datetime | None]
    deadline_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class Supplier(Subject, Base):
    """A supplier of a shop, as its events tell it."""

    __tablename__ = "suppliers"
    ENTITY = "supplier"

    name: Mapped[str | None] = mapped_column(String(200))
    serves: Mapped[str | None] = mapped_column(String(32))
    assigned_tier: Mapped[str | None] = mapped_column(String(16))
    assigned_at: Mapped[datetime | None]
    exclusive_line: Mapped[bool | None] = mapped_column(Boolean)
    daily_capacity_count: Mapped[int | None] = mapped_column(BigInteger)


class ServiceProvider(Subject, Base):
    """A service provider of a shop: its newest contract and terms."""

    __tablename__ = "providers"
    ENTITY = "provider"

    name: Mapped[str | None] = mapped_column(String(200))
    provider_type: Mapped[str | None] = mapped_column(String(16))
    license_verified_at: Mapped[datetime | None]
    agreement_ref: Mapped[str | None] = mapped_column(String(200))
    contract_id: Mapped[str | None] = mapped_column(String(200))
    contract_starts_at: Mapped[datetime | None]
    contract_ends_at: Mapped[datetime | None]
    contract_scopes: Mapped[list[Any] | None] = mapped_column(Json)
    data_agreement_ref: Mapped[str | None] = mapped_column(String(200))
    commission_bp: Mapped[int | None] = mapped_column(Integer)
    commission_from_at: Mapped[datetime | None]

    def runs_at(self, at: datetime) -> bool:
        """Whether a contract is in force at an instant."""
        if self.contract_starts_at is None or self.contract_starts_at > at:
            return False
        return self.contract_ends_at is None or self.contract_ends_at >= at


class ProviderJob(Subject, Base):
    """A piece of work of a service provider."""

    __tablename__ = "provider_jobs"
    ENTITY = "provider_job"

    provider_id: Mapped[str | None] = mapped_column(String(200))
    due_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    client_score: Mapped[int | None] = mapped_column(BigInteger)
    innovation_score: Mapped[int | None] = mapped_column(BigInteger)

    @classmethod
    def indexes(cls) -> tuple[Any, ...]:
        """By provider and time, as ratings ask for them."""
        own = "ix_provider_jobs_shop_id_provider_id_done_at"
        return (Index(own, "shop_id", "provider_id", "done_at"),)
