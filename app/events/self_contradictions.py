"""Events that contradict themselves: what ends before it begins, a part that is more than the whole. One table.

Refused at every door, with the place and what was expected: a rule would judge by one of two facts that cannot both be.
What only looks odd (a presale announced before it was paid) is no contradiction, and what contradicts another event is
for rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from app.errors import Problem

CLOCKS_APART = timedelta(minutes=10)
"""Honest senders take two instants by two clocks, which may differ by so much."""
OCCURRED = "occurred_at"
IN_ORDER: Mapping[str, tuple[tuple[str, str], ...]] = {
    "order.paid": (("paid_at", "delivery_deadline_at"),),
    "campaign.create": (("starts_at", "ends_at"),),
    "contest.create": (("starts_at", "draw_at"),),
    "coupon.create": (("valid_from_at", "valid_to_at"),),
    "provider.contract": (("starts_at", "ends_at"),),
    "complaint.update": (("opened_at", "expires_at"), ("opened_at", OCCURRED)),
    "ticket.update": (("opened_at", "deadline_at"), ("opened_at", OCCURRED)),
    "aftersale.update": (("opened_at", OCCURRED),),
    "split.return": (("asked_at", OCCURRED),),
    "fund.recover": (("left_at", "asked_at"),),
    "tryon.session": (("captured_at", "image_deleted_at"),),
}
"""By kind: of two instants the one that cannot lie after the other."""
PART_OF: Mapping[str, tuple[tuple[str, str], ...]] = {
    "payment.succeeded": (("payer_fen", "paid_fen"),),
    "refund.request": (("returned_fen", "split_fen"),),
}
"""By kind: of two sums the one that is a part of the other."""
NOT_SO: Mapping[str, tuple[tuple[str, frozenset[str]], ...]] = {
    "payment.succeeded": (("trade_state", frozenset({"NOTPAY", "USERPAYING", "CLOSED", "REVOKED", "PAYERROR"})),),
}
"""By kind: values of a fact that say that it did not happen. A payment that was refunded since (REFUND) did."""


def contradictions(kind: str, facts: Mapping[str, Any], occurred_at: datetime) -> list[Problem]:
    """What in an event's own facts cannot both be, at the second of the two; facts of a wrong type are left out."""
    said = {OCCURRED: occurred_at, **facts}
    found = []
    for first, second in IN_ORDER.get(kind, ()):
        before, after = _instant(said.get(first)), _instant(said.get(second))
        if before is not None and after is not None and after < before - CLOCKS_APART:
            since = before.astimezone(UTC).isoformat()
            place = second if second == OCCURRED else f"data.{second}"
            found.append(Problem(place, f"lies before {first}", f"an instant from {since} on"))
    for part, whole in PART_OF.get(kind, ()):
        some, every = said.get(part), said.get(whole)
        if type(some) is int and type(every) is int and some > every:
            found.append(Problem(f"data.{part}", f"is more than {whole}", f"at most {every} fen"))
    for name, values in NOT_SO.get(kind, ()):
        if said.get(name) in values:
            found.append(Problem(f"data.{name}", f"is {said[name]}", f"a value by which there was a {kind}"))
    return found


def _instant(value: object) -> datetime | None:
    return value if isinstance(value, datetime) and value.tzinfo is not None else None
