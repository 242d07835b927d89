"""Suppliers' rankings, one row a supplier and day; rows are never changed by a later day."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import ORG, Base, Digest, Key, Name, new_id


class SupplierRank(Base):
    """Where a supplier stood in its shop on a day (in China), and what that rests on.

    `rank_bp` is its place over the number of ranked suppliers; it, `score_bp` and `tier` are empty where the supplier,
    or the whole shop, had too little to be ranked, and `why` then says what was lacking. `is_newest` marks the rows of
    the shop's last ranking.
    """

    __tablename__ = "supplier_rank"
    __table_args__ = (
        UniqueConstraint("shop_id", "supplier_id", "day"),
        Index("ix_supplier_rank_is_newest_shop_id_supplier_id", "is_newest", "shop_id", "supplier_id"),
        Index("ix_supplier_rank_shop_id_day", "shop_id", "day"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True, default=new_id)
    org_id: Mapped[Name] = mapped_column(default=ORG)
    shop_id: Mapped[Name]
    supplier_id: Mapped[str] = mapped_column(String(200))
    day: Mapped[str] = mapped_column(String(10))
    ranked_at: Mapped[datetime]
    order_count: Mapped[int] = mapped_column(Integer)
    due_count: Mapped[int] = mapped_column(Integer)
    met_count: Mapped[int] = mapped_column(Integer)
    oversold_count: Mapped[int] = mapped_column(Integer)
    sales_fen: Mapped[int] = mapped_column(BigInteger)
    fulfilment_bp: Mapped[int | None] = mapped_column(Integer)
    sales_place_bp: Mapped[int | None] = mapped_column(Integer)
    score_bp: Mapped[int | None] = mapped_column(Integer)
    place: Mapped[int | None] = mapped_column(Integer)
    pool_count: Mapped[int] = mapped_column(Integer)
    rank_bp: Mapped[int | None] = mapped_column(Integer)
    tier: Mapped[str | None] = mapped_column(String(16))
    why: Mapped[str | None] = mapped_column(String(32))
    rules_snapshot: Mapped[Digest]
    is_newest: Mapped[bool] = mapped_column(Boolean)
