"""What a number counts, so that fen are never compared with basis points.

A unit is a sorted tuple of base units that are multiplied: ``("fen",)``, ``("bp", "fen")``, ``()`` for a plain number.
``None`` is the unit of a literal, which takes the unit of its neighbour. The literal 10000 is one, said in basis
points: ``paid_fen * rate_bp // 10000`` is fen again, and ``part_fen * 10000 // whole_fen`` is bp.
"""

from __future__ import annotations

Base = tuple[str, ...]
Unit = Base | None

KNOWN_UNITS = ("fen", "bp", "count", "seconds", "minutes", "hours", "days", "years", "number", "score", "text", "flag")
PLAIN = ("count", "number", "text", "flag")
ONE_IN_BP = 10_000


def unit_of(name: str | None) -> Base:
    """The unit a declaration names; counts and unnamed ones are plain numbers."""
    return () if name is None or name in PLAIN else (name,)


def unit_in_name(name: str) -> Base:
    """The unit a record's member has by its name: ``amount_fen`` is fen, ``count`` a plain number."""
    last = name.rpartition("_")[2]
    return unit_of(last) if last in KNOWN_UNITS else ()


def said(unit: Unit) -> str:
    """A unit as a person writes it."""
    return "·".join(unit) if unit else "a plain number"


def same(left: Unit, right: Unit) -> Unit:
    """The unit both sides have; raises ValueError when they differ."""
    if left is None:
        return right
    if right is not None and left != right:
        raise ValueError(f"{said(left)} against {said(right)}")
    return left


def product(left: Unit, right: Unit) -> Unit:
    """The unit of a product; two literals make a literal."""
    return None if left is None and right is None else tuple(sorted((left or ()) + (right or ())))


def quotient(left: Unit, right: Unit, *, by_ten_thousand: bool) -> Unit:
    """The unit of a floor division; raises ValueError when the divisor's unit is not in the dividend."""
    if by_ten_thousand:
        right = ("bp",) if "bp" in (left or ()) else ()
    rest = list(left or ())
    for base in right or ():
        if base not in rest:
            raise ValueError(f"{said(left)} divided by {said(right)}")
        rest.remove(base)
    return tuple(rest)
