"""How many customers are in which segment, against the shares the strategy aims at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.tiering.terms import TARGETED, Segment

_ONE = 10_000


@dataclass(frozen=True, slots=True)
class Share:
    """One segment: people, their share of all customers, and of those in one of the three where it is one of them."""

    segment: Segment
    count: int
    of_all_bp: int
    of_three_bp: int | None
    target_bp: int | None
    is_off: bool | None


def shares(
    counts: Mapping[str, int], *, targets: Mapping[str, int], tolerance_bp: int, least: int
) -> tuple[Share, ...]:
    """Every segment's share. Fewer than ``least`` people in the three segments are compared with nothing."""
    every = {each: counts.get(each, 0) for each in Segment}
    of_all = parts_of_one({each.value: count for each, count in every.items()})
    three = parts_of_one({each.value: every[each] for each in TARGETED})
    is_enough = sum(every[each] for each in TARGETED) >= least
    found = []
    for each in Segment:
        bp, target = three.get(each.value), targets.get(each.value)
        is_off = None if bp is None or target is None or not is_enough else abs(bp - target) > tolerance_bp
        found.append(Share(each, every[each], of_all.get(each.value, 0), bp, target, is_off))
    return tuple(found)


def parts_of_one(counts: Mapping[str, int]) -> dict[str, int]:
    """Basis points that add up to exactly 10,000 (largest remainders, the earlier of equal ones); empty of nothing."""
    total = sum(counts.values())
    if not total:
        return {}
    whole = {name: count * _ONE // total for name, count in counts.items()}
    left = _ONE - sum(whole.values())
    by_rest = sorted(counts, key=lambda name: -(counts[name] * _ONE % total))
    return {name: bp + (name in by_rest[:left]) for name, bp in whole.items()}
