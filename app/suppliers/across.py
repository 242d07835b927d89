"""One supplier over several shops: the newest figures of each shop that ranks it, added up; for whoever runs many."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import SupplierRank
from app.suppliers.ranking import DISTRIBUTOR, LOCAL, ONE, STRATEGIC
from app.values.access import Caller


@dataclass(frozen=True, slots=True)
class AcrossShops:
    """A supplier's figures over shops; ``fulfilment_bp`` is of all deadlines together, not a mean of rates."""

    supplier_id: str
    shop_count: int
    order_count: int
    due_count: int
    met_count: int
    oversold_count: int
    sales_fen: int
    fulfilment_bp: int | None
    strategic_count: int
    distributor_count: int
    local_count: int


def across_shops(session: Session, *, caller: Caller, after: str | None = None, limit: int = 50) -> list[AcrossShops]:
    """Suppliers of the caller's shops by id, ``after`` the last seen; the same id in two shops is one supplier."""
    own = SupplierRank.is_newest & caller.only_own(SupplierRank.shop_id)
    tiers = [func.count().filter(SupplierRank.tier == tier) for tier in (STRATEGIC, DISTRIBUTOR, LOCAL)]
    counted = ("order_count", "due_count", "met_count", "oversold_count", "sales_fen")
    sums = [func.sum(getattr(SupplierRank, name)) for name in counted]
    wanted = select(SupplierRank.supplier_id, func.count(), *sums, *tiers).where(own).group_by(SupplierRank.supplier_id)
    if after is not None:
        wanted = wanted.where(SupplierRank.supplier_id > after)
    rows = session.execute(wanted.order_by(SupplierRank.supplier_id).limit(limit))
    return [_across(row.supplier_id, [int(each) for each in row[1:]]) for row in rows]


def _across(supplier_id: str, figures: list[int]) -> AcrossShops:
    shops, orders, due, met, oversold, sales, *tiers = figures
    whole = due + oversold
    return AcrossShops(
        supplier_id, shops, orders, due, met, oversold, sales, met * ONE // whole if whole else None, *tiers
    )
