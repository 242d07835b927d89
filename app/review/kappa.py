"""How far two officers agree beyond chance: Cohen's κ over any outcomes, with a 95 % interval. Pure arithmetic.

The share of agreement has Wilson's interval (1927), which holds for few pairs too. The interval of κ is that of the
large-sample standard error of Fleiss, Cohen and Everitt (1969, Psychological Bulletin 72), but never narrower than what
Wilson's bounds come to at the same chance agreement: three pairs that agree have a standard error of 0, and would be
said to be certain.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

Z = 1.959964
ONE = 10_000
_ALL = 1 - 1e-12


@dataclass(frozen=True, slots=True)
class Agreed:
    """Pairs, how many agree (basis points, with an interval), and κ with its own; None: cannot be told."""

    pairs: int
    agreed: int
    agreed_bp: int | None
    agreed_low_bp: int | None
    agreed_high_bp: int | None
    kappa_bp: int | None
    kappa_low_bp: int | None
    kappa_high_bp: int | None


def agreed(cells: Mapping[tuple[str, str], int]) -> Agreed:
    """What pairs of (first, second) outcomes come to. κ is None where both always say the same one thing."""
    total, same = sum(cells.values()), sum(times for (one, other), times in cells.items() if one == other)
    if total == 0:
        return Agreed(0, 0, None, None, None, None, None, None)
    low, high = wilson(same, total)
    kappa, error = kappa_of(cells)
    kappa_low = kappa_high = None
    if kappa is not None and error is not None:
        chance = _chance(cells)
        kappa_low = max(-1.0, min(kappa - Z * error, (low - chance) / (1 - chance)))
        kappa_high = min(1.0, max(kappa + Z * error, (high - chance) / (1 - chance)))
    return Agreed(
        total, same, round(same / total * ONE), _bp(low), _bp(high), _bp(kappa), _bp(kappa_low), _bp(kappa_high)
    )


def kappa_of(cells: Mapping[tuple[str, str], int]) -> tuple[float | None, float | None]:
    """Cohen's κ and its standard error."""
    total, share, chance = sum(cells.values()), _shares(cells), _chance(cells)
    observed = sum(cells.get((name, name), 0) for name in share) / total
    if chance > _ALL:
        return None, None
    kappa = (observed - chance) / (1 - chance)
    on = sum(
        cells.get((name, name), 0) / total * (1 - (one + other) * (1 - kappa)) ** 2
        for name, (one, other) in share.items()
    )
    off = sum(
        times / total * (share[other][0] + share[one][1]) ** 2 for (one, other), times in cells.items() if one != other
    )
    variance = (on + (1 - kappa) ** 2 * off - (kappa - chance * (1 - kappa)) ** 2) / (total * (1 - chance) ** 2)
    return kappa, sqrt(max(variance, 0.0))


def _shares(cells: Mapping[tuple[str, str], int]) -> dict[str, tuple[float, float]]:
    """How often each outcome is the first's and the second's."""
    total = sum(cells.values())
    first, second = Counter[str](), Counter[str]()
    for (one, other), times in cells.items():
        first[one] += times
        second[other] += times
    return {name: (first[name] / total, second[name] / total) for name in first.keys() | second.keys()}


def _chance(cells: Mapping[tuple[str, str], int]) -> float:
    return sum(one * other for one, other in _shares(cells).values())


def wilson(part: int, whole: int) -> tuple[float, float]:
    """Wilson's interval of a share."""
    share, square = part / whole, Z * Z
    middle = (share + square / (2 * whole)) / (1 + square / whole)
    half = Z / (1 + square / whole) * sqrt(share * (1 - share) / whole + square / (4 * whole * whole))
    return max(0.0, middle - half), min(1.0, middle + half)


def _bp(value: float | None) -> int | None:
    return None if value is None else round(value * ONE)
