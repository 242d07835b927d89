"""Whether two shops' orders are one order: by what both told of it, never by the number alone.

Some merchants count from 1 in each shop, so that equal numbers say little. Two payments are two purchases; the same
payment, parcel, buyer or sum at the same time make it one. Only a number as the platform gives it, which no two orders
have, needs nothing beside. Orders of different numbers are one only by their payment. One table of reasons, told with
the doubt.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.events.payments import APART

SAME_INSTANT = timedelta(minutes=1)
"""Two shops may well sell one thing at one price in the same hour; who tells one payment twice tells one time."""
_LONG = timedelta.max
_PLATFORM_NUMBER = re.compile(r"3\d{18}")
"""The form of 微信小店's order numbers: 19 digits, above 2^53, such as 3705115058471208928."""


@dataclass(frozen=True, slots=True)
class Side:
    """What one shop told of an order: every telling of its payment, whichever stands, its buyer and its parcels."""

    order_id: str
    payments: Sequence[Mapping[str, Any]]
    buyer_ref: str | None
    waybills: frozenset[str]

    def said(self, name: str) -> set[Any]:
        """All values of one fact of the payment."""
        return {each[name] for each in self.payments if each.get(name) is not None}


def alike(one: Side, other: Side) -> tuple[str, ...]:
    """The facts by which two sides are one order; none: they are two."""
    if one.said("transaction_id") & other.said("transaction_id"):
        return ("transaction_id",)
    is_numbered_alike = one.order_id == other.order_id
    if not is_numbered_alike or (one.said("transaction_id") and other.said("transaction_id")):
        return ()
    same_sum = bool(one.said("paid_fen") & other.said("paid_fen"))
    apart = [_apart(first, second) for first in one.payments for second in other.payments]
    same_time = min(apart, default=_LONG) <= APART
    same_buyer = one.buyer_ref is not None and one.buyer_ref == other.buyer_ref
    found = {
        "waybill_id": bool(one.waybills & other.waybills),
        "out_trade_no": same_sum and bool(one.said("out_trade_no") & other.said("out_trade_no")),
        "buyer_ref": same_buyer and same_sum and same_time,
        "paid_fen": same_sum and min(apart, default=_LONG) <= SAME_INSTANT,
        "order_id": _PLATFORM_NUMBER.fullmatch(one.order_id) is not None,
    }
    return tuple(name for name, holds in found.items() if holds)


def _apart(one: Mapping[str, Any], other: Mapping[str, Any]) -> timedelta:
    return abs(datetime.fromisoformat(one["paid_at"]) - datetime.fromisoformat(other["paid_at"]))
