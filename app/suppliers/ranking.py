"""Ranking suppliers of one shop by what they fulfilled and sold; pure, so that it can be checked by hand.

Score = weight × fulfilment + weight × place in sales. Fulfilment is the share of dispatch deadlines that were met; an
order cancelled because the supplier had no goods counts as missed. Place in sales is the share of ranked suppliers
that sold no more: amounts themselves would let one giant push everybody else to zero.

Equal scores share the better place, so nobody loses a tier to an equal: with two leaders of ten, both are first.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

ONE = 10_000
STRATEGIC, DISTRIBUTOR, LOCAL = "strategic", "distributor", "local"
TOO_FEW_ORDERS, NO_DEADLINES, TOO_FEW_SUPPLIERS = "too_few_orders", "no_deadlines", "too_few_suppliers"


@dataclass(frozen=True, slots=True)
class Terms:
    """The parameters that hold for the shop."""

    window_days: int
    min_orders: int
    min_suppliers: int
    fulfilment_weight_bp: int
    sales_weight_bp: int
    top_bp: int
    mid_bp: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What a supplier did in the window: orders, deadlines that are settled and met, oversold orders, sales in fen."""

    supplier_id: str
    order_count: int
    due_count: int
    met_count: int
    oversold_count: int
    sales_fen: int

    @property
    def fulfilment_bp(self) -> int | None:
        """Met deadlines over those settled and those lost to a lack of goods; None while none is settled."""
        whole = self.due_count + self.oversold_count
        return self.met_count * ONE // whole if whole else None


@dataclass(frozen=True, slots=True)
class Ranked:
    """A supplier's figures and where they put it; ``why`` says what was lacking where it is not ranked."""

    figures: Figures
    pool_count: int
    sales_place_bp: int | None = None
    score_bp: int | None = None
    place: int | None = None
    rank_bp: int | None = None
    tier: str | None = None
    why: str | None = None


def rank(figures: Iterable[Figures], terms: Terms) -> list[Ranked]:
    """Every supplier, the best first, those that cannot be ranked last; the same whatever the order given."""
    known = sorted(figures, key=lambda each: each.supplier_id)
    why = {each.supplier_id: _lacking(each, terms) for each in known}
    pool = [each for each in known if why[each.supplier_id] is None]
    if len(pool) < terms.min_suppliers:
        pool = []
    in_pool = {each.supplier_id for each in pool}
    rest = [
        Ranked(each, len(pool), why=why[each.supplier_id] or TOO_FEW_SUPPLIERS)
        for each in known
        if each.supplier_id not in in_pool
    ]
    return [*_in_order(pool, terms), *rest]


def tier_of(rank_bp: int, terms: Terms) -> str:
    """The tier of a place; a place at the border is still in the better tier."""
    if rank_bp <= terms.top_bp:
        return STRATEGIC
    return DISTRIBUTOR if rank_bp <= terms.mid_bp else LOCAL


def _lacking(each: Figures, terms: Terms) -> str | None:
    if each.order_count < terms.min_orders:
        return TOO_FEW_ORDERS
    return NO_DEADLINES if each.fulfilment_bp is None else None


def _in_order(pool: Sequence[Figures], terms: Terms) -> list[Ranked]:
    sales = sorted(each.sales_fen for each in pool)
    places = {each.supplier_id: bisect_right(sales, each.sales_fen) * ONE // len(pool) for each in pool}
    scores = {each.supplier_id: _score(each, places, terms) for each in pool}
    rising = sorted(scores.values())
    ranked = []
    for each in sorted(pool, key=lambda one: (-scores[one.supplier_id], one.supplier_id)):
        score = scores[each.supplier_id]
        place = 1 + len(pool) - bisect_right(rising, score)
        rank_bp = -(-place * ONE // len(pool))
        tier = tier_of(rank_bp, terms)
        ranked.append(Ranked(each, len(pool), places[each.supplier_id], score, place, rank_bp, tier))
    return ranked


def _score(each: Figures, places: Mapping[str, int], terms: Terms) -> int:
    fulfilment = each.fulfilment_bp
    assert fulfilment is not None, "only those with settled deadlines are in the pool"
    return (fulfilment * terms.fulfilment_weight_bp + places[each.supplier_id] * terms.sales_weight_bp) // ONE
