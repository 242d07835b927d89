"""What-if: in which tiers suppliers would be with other numbers, and which assigned tiers the rules would judge anew.

each shop's figures of the window, added up anew ─ ranked by the terms in force ┐
                                                 └ ranked by the changed terms ─┴ who moves, and what is judged anew
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from sqlalchemy import select

from app.errors import InvalidInput, Problem
from app.flows.parts import Parts
from app.flows.rank_suppliers import shops_with_suppliers, terms_of
from app.models import Supplier
from app.suppliers.figures import figures_of
from app.suppliers.ranking import ONE, Ranked, Terms, rank
from app.values.access import Caller

NONE = "none"
_BP = ("fulfilment_weight_bp", "sales_weight_bp", "top_bp", "mid_bp")
_BOUNDS = {"window_days": (1, 365), "min_orders": (1, 1_000_000), "min_suppliers": (1, 100_000)}
_BOUNDS |= dict.fromkeys(_BP, (0, ONE))


@dataclass(frozen=True, slots=True)
class Move:
    """A supplier that would be in another tier; ``is_judged`` says that its assigned tier is judged differently."""

    shop_id: str
    supplier_id: str
    before: str
    after: str
    assigned_tier: str | None
    is_judged: bool


@dataclass(frozen=True, slots=True)
class Tried:
    """Suppliers by tier as the numbers are and as they would be, who would move, and how many are judged anew."""

    as_of: datetime
    looked_at: int
    judged_differently: int
    before: Mapping[str, int]
    after: Mapping[str, int]
    moves: tuple[Move, ...]


def try_supplier_tiers(
    parts: Parts,
    values: Mapping[str, int],
    *,
    caller: Caller,
    shop_id: str | None = None,
    as_of: datetime | None = None,
    now: datetime,
) -> Tried:
    """Rank the suppliers of one shop, or of all the caller's, under the parameters in force and under others.

    Raises:
        InvalidInput: a parameter is none, or the numbers do not fit together.
        Forbidden: a shop that is not the caller's.
    """
    if shop_id is not None:
        caller.require_shop(shop_id)
    at = as_of or now
    shops = [shop_id] if shop_id is not None else shops_with_suppliers(parts, at)
    counted, moves, looked_at = (Counter[str](), Counter[str]()), list[Move](), 0
    for each in shops:
        terms = terms_of(parts, each)
        if terms is None or not caller.may_see(each):
            continue
        other = changed_terms(terms, values)
        mine, theirs = _ranked(parts, each, terms, at), _ranked(parts, each, other, at)
        assigned = _assigned(parts, each)
        for supplier in sorted(mine.keys() | theirs.keys()):
            one, two = _tier(mine.get(supplier)), _tier(theirs.get(supplier))
            counted[0][one] += 1
            counted[1][two] += 1
            looked_at += 1
            if one != two:
                told = assigned.get(supplier)
                moves.append(Move(each, supplier, one, two, told, told in {one, two}))
    judged = sum(move.is_judged for move in moves)
    return Tried(at, looked_at, judged, dict(counted[0]), dict(counted[1]), tuple(moves))


def changed_terms(terms: Terms, values: Mapping[str, int]) -> Terms:
    """The terms with other numbers; raises InvalidInput for a name that is none or a number out of place."""
    problems = [
        Problem(f"parameters.{name}", "is no parameter of the ranking", ", ".join(_BOUNDS))
        for name in sorted(values.keys() - _BOUNDS.keys())
    ]
    for name in sorted(values.keys() & _BOUNDS.keys()):
        least, most = _BOUNDS[name]
        if not least <= values[name] <= most:
            problems.append(Problem(f"parameters.{name}", f"is {values[name]}", f"{least} to {most}"))
    if problems or not values:
        wrong = problems or [Problem("parameters", "is empty", ", ".join(_BOUNDS))]
        raise InvalidInput("the parameters are wrong", problems=wrong)
    other = replace(terms, **dict(values))
    if other.top_bp > other.mid_bp:
        problem = Problem("parameters.top_bp", f"is {other.top_bp}", f"at most mid_bp, {other.mid_bp}")
        raise InvalidInput("the parameters do not fit together", problems=[problem])
    return other


def plain(tried: Tried) -> dict[str, object]:
    """As plain JSON."""
    return asdict(tried) | {"moves": [asdict(move) for move in tried.moves]}


def _ranked(parts: Parts, shop_id: str, terms: Terms, at: datetime) -> dict[str, Ranked]:
    with parts.db.read() as session:
        found = rank(figures_of(session, shop_id, until=at, days=terms.window_days), terms)
    return {each.figures.supplier_id: each for each in found}


def _assigned(parts: Parts, shop_id: str) -> dict[str, str | None]:
    with parts.db.read() as session:
        rows = session.execute(select(Supplier.subject, Supplier.assigned_tier).where(Supplier.shop_id == shop_id))
        return {row.subject: row.assigned_tier for row in rows}


def _tier(ranked: Ranked | None) -> str:
    return (ranked.tier if ranked is not None else None) or NONE
