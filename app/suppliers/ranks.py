"""Rankings as rows: written once a shop and day, read by list, by supplier, and as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session

from app.errors import Conflict, NotFound
from app.models import Supplier, SupplierRank
from app.suppliers.ranking import DISTRIBUTOR, LOCAL, STRATEGIC, Ranked
from app.values.access import Caller

COLUMNS = (
    "shop_id",
    "supplier_id",
    "name",
    "day",
    "tier",
    "assigned_tier",
    "place",
    "pool_count",
    "rank_bp",
    "score_bp",
    "fulfilment_bp",
    "sales_place_bp",
    "order_count",
    "due_count",
    "met_count",
    "oversold_count",
    "sales_fen",
    "why",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A supplier's newest rank, and what its events say of it."""

    rank: SupplierRank
    supplier: Supplier | None

    def answer(self) -> dict[str, Any]:
        """As plain JSON."""
        own = {
            "name": self.supplier and self.supplier.name,
            "assigned_tier": self.supplier and self.supplier.assigned_tier,
        }
        return {name: own[name] if name in own else getattr(self.rank, name) for name in COLUMNS}


def write(
    session: Session, shop_id: str, ranked: Sequence[Ranked], *, day: str, rules_snapshot: str, now: datetime
) -> None:
    """Keep a shop's ranking of a day; asked again on the same day, it is worked out anew."""
    session.execute(delete(SupplierRank).where(SupplierRank.shop_id == shop_id, SupplierRank.day == day))
    mine = (SupplierRank.shop_id == shop_id) & SupplierRank.is_newest
    later = session.scalar(select(func.max(SupplierRank.day)).where(mine))
    is_newest = later is None or later < day  # a past day may be ranked again after a later one
    if is_newest:
        session.execute(update(SupplierRank).where(mine).values(is_newest=False))
    for each in ranked:
        of = each.figures
        session.add(
            SupplierRank(
                shop_id=shop_id,
                supplier_id=of.supplier_id,
                day=day,
                ranked_at=now,
                order_count=of.order_count,
                due_count=of.due_count,
                met_count=of.met_count,
                oversold_count=of.oversold_count,
                sales_fen=of.sales_fen,
                fulfilment_bp=of.fulfilment_bp,
                sales_place_bp=each.sales_place_bp,
                score_bp=each.score_bp,
                place=each.place,
                pool_count=each.pool_count,
                rank_bp=each.rank_bp,
                tier=each.tier,
                why=each.why,
                rules_snapshot=rules_snapshot,
                is_newest=is_newest,
            )
        )
    session.flush()


def listed(
    session: Session,
    *,
    caller: Caller,
    shop_id: str | None = None,
    tier: str | None = None,
    after: tuple[str, str] | None = None,
    limit: int | None = None,
) -> list[Entry]:
    """The last ranking of each of the caller's shops, by shop and supplier; ``after`` is the last seen."""
    wanted = _newest(caller, shop_id)
    if tier is not None:
        wanted = wanted.where(SupplierRank.tier == tier if tier != "none" else SupplierRank.tier.is_(None))
    if after is not None:
        later = (SupplierRank.shop_id == after[0]) & (SupplierRank.supplier_id > after[1])
        wanted = wanted.where((SupplierRank.shop_id > after[0]) | later)
    if limit is not None:
        wanted = wanted.limit(limit)
    return [Entry(rank, supplier) for rank, supplier in session.execute(wanted)]


def tier_counts(session: Session, *, caller: Caller, shop_id: str | None = None) -> dict[str, int]:
    """How many suppliers each tier has by their newest ranks; ``none`` are those without one."""
    counted = dict.fromkeys((STRATEGIC, DISTRIBUTOR, LOCAL, "none"), 0)
    wanted = _newest(caller, shop_id).with_only_columns(SupplierRank.tier, func.count()).order_by(None)
    for tier, count in session.execute(wanted.group_by(SupplierRank.tier)):
        counted[tier or "none"] += count
    return counted


def history(
    session: Session, supplier_id: str, *, caller: Caller, shop_id: str | None, limit: int = 90
) -> tuple[list[SupplierRank], Supplier | None]:
    """A supplier's ranks, the newest first, and its own row.

    Raises:
        NotFound: none of the caller's shops ever ranked it.
        Conflict: several have it and ``shop_id`` was not given; names them.
    """
    own = (SupplierRank.supplier_id == supplier_id) & caller.only_own(SupplierRank.shop_id)
    if shop_id is not None:
        own &= SupplierRank.shop_id == shop_id
    shops = sorted(session.scalars(select(SupplierRank.shop_id).where(own).distinct().limit(10)))
    if not shops:
        raise NotFound(f"no ranked supplier {supplier_id}")
    if len(shops) > 1:
        raise Conflict(f"several shops have {supplier_id}: add shop_id, one of {', '.join(shops)}")
    rows = session.scalars(select(SupplierRank).where(own).order_by(SupplierRank.day.desc()).limit(limit)).all()
    mine = (Supplier.shop_id == shops[0]) & (Supplier.subject == supplier_id)
    return list(rows), session.scalar(select(Supplier).where(mine))


def _newest(caller: Caller, shop_id: str | None) -> Select[SupplierRank, Supplier]:
    own = (Supplier.shop_id == SupplierRank.shop_id) & (Supplier.subject == SupplierRank.supplier_id)
    wanted = (
        select(SupplierRank, Supplier)
        .join(Supplier, own, isouter=True)
        .where(SupplierRank.is_newest, caller.only_own(SupplierRank.shop_id))
        .order_by(SupplierRank.shop_id, SupplierRank.supplier_id)
    )
    return wanted if shop_id is None else wanted.where(SupplierRank.shop_id == shop_id)


def as_csv(entries: Sequence[Entry]) -> Iterator[str]:
    """The list as a file, a line at a time; starts with a mark so that spreadsheets read it as UTF-8."""
    yield "\ufeff" + _line(COLUMNS)
    for each in entries:
        yield _line([_safe(value) for value in each.answer().values()])


def _line(values: Sequence[object]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(values)
    return out.getvalue()


def _safe(value: object) -> object:
    """A text that a spreadsheet would take for a formula is led by an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"} else value
