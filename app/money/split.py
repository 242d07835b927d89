"""The arithmetic of profit sharing: what may be shared, who gets what, and the platform's word beside the request.

Everything is whole fen and rounds down. What rounding leaves stays with the merchant, who is named: no fen is lost and
none appears.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.errors import InvalidInput, Problem

ONE = 10_000  # basis points
PERSONS = ("PERSONAL_OPENID", "PERSONAL_SUB_OPENID")


@dataclass(frozen=True, slots=True)
class Shared:
    """A payment shared: what each receiver gets, and what stays with the merchant."""

    amounts_fen: Mapping[str, int]
    rest_fen: int


@dataclass(frozen=True, slots=True)
class Line:
    """What one receiver is asked to get, or is said to have got; a return is a line of the other direction."""

    out_order_no: str
    direction: str
    receiver: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Difference:
    """A line on which the request and the platform disagree; None where one side has no such line."""

    out_order_no: str
    direction: str
    receiver: str
    asked_fen: int | None
    told_fen: int | None


def share(total_fen: int, ratios_bp: Mapping[str, int]) -> Shared:
    """Share an amount by ratios; each receiver's part rounds down.

    Raises:
        InvalidInput: a negative amount or ratio, or more than the whole.
    """
    wrong = [name for name, ratio in ratios_bp.items() if not 0 <= ratio <= ONE]
    if total_fen < 0 or wrong or sum(ratios_bp.values()) > ONE:
        problem = Problem("ratios_bp", f"{wrong or sum(ratios_bp.values())}", f"0 to {ONE}, together at most {ONE}")
        raise InvalidInput("the amount cannot be shared like this", problems=[problem])
    amounts = {name: total_fen * ratio // ONE for name, ratio in ratios_bp.items()}
    return Shared(amounts, total_fen - sum(amounts.values()))


def sharable_fen(*, paid_fen: int, fee_fen: int, shared_fen: int, max_ratio_bp: int | None) -> int:
    """What can still be shared of a payment: not its fee, not what was shared, not more than the merchant's ratio."""
    by_money = paid_fen - fee_fen - shared_fen
    by_ratio = by_money if max_ratio_bp is None else paid_fen * max_ratio_bp // ONE - shared_fen
    return max(0, min(by_money, by_ratio))


def differences(asked: Iterable[Line], told: Iterable[Line]) -> list[Difference]:
    """Where the platform's lines are not those that were asked for, sorted; lines of one receiver are added up."""
    wanted, got = _sums(asked), _sums(told)
    return [
        Difference(*key, wanted.get(key), got.get(key))
        for key in sorted(wanted.keys() | got.keys())
        if wanted.get(key) != got.get(key)
    ]


def _sums(lines: Iterable[Line]) -> dict[tuple[str, str, str], int]:
    sums: Counter[tuple[str, str, str]] = Counter()
    for line in lines:
        sums[line.out_order_no, line.direction, line.receiver] += line.amount_fen
    return dict(sums)
