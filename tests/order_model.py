"""An independent model of what a simulated day of orders has to end in; it shares no code with the service.

It knows the whole truth of each order (when things happened, not when they were told) and says, in plain arithmetic,
which deadlines are missed and which rules must therefore have an effect standing at the end.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

HOUR = timedelta(hours=1)


@dataclass
class Truth:
    """One order as it really went; times are hours after the start, None for what never happened."""

    name: str
    paid: float
    fen: int
    stock: str = "spot"
    platform_deadline: float | None = None
    presale_at: float | None = None
    promise: int | None = None
    extended_to: float | None = None
    extension_agreed: bool = True
    sent: float | None = None
    is_whole: bool = True
    picked_up: float | None = None
    cancelled: float | None = None
    cancel_type: str = "buyer"
    returned: float | None = None
    refunded: float | None = None
    untold: set[str] = field(default_factory=set)  # what happened and was never told


def make_truth(chance: random.Random, number: int) -> Truth:
    """A plausible order: most are fine, some are late, cancelled, extended, refunded, or half told."""
    truth = Truth(f"order-{number}", paid=round(chance.uniform(0, 24), 2), fen=chance.randrange(100, 300_000))
    paid = truth.paid
    match chance.randrange(6):
        case 0:
            truth.stock, truth.presale_at = "presale", paid + chance.choice([60, 100, 120])
        case 1:
            truth.platform_deadline = paid + chance.choice([24, 48, 70])
    if chance.random() < 0.15:
        truth.promise = chance.choice([24, 36, 72])
    if chance.random() < 0.1:
        truth.extended_to, truth.extension_agreed = paid + chance.choice([60, 110]), chance.random() < 0.7
    if chance.random() < 0.85:
        truth.sent = paid + round(chance.uniform(1, 130), 2)
        truth.is_whole = chance.random() < 0.95
        if chance.random() < 0.85:
            truth.picked_up = truth.sent + round(chance.uniform(0.5, 40), 2)
    if chance.random() < 0.15:
        truth.cancelled = paid + round(chance.uniform(0.5, 90), 2)
        truth.cancel_type = chance.choice(["buyer", "oversold"])
    if chance.random() < 0.1:
        truth.returned = paid + round(chance.uniform(5, 40), 2)
        truth.refunded = None if chance.random() < 0.5 else truth.returned + round(chance.uniform(10, 400), 2)
    if chance.random() < 0.05:
        truth.untold.add(chance.choice(["deliver", "cancel"]))
    return truth


def expected(truth: Truth, until: float) -> set[tuple[str, str]]:
    """(rule, subject) of every effect that must stand when all that is told was told and ``until`` has come."""
    sent = None if "deliver" in truth.untold else truth.sent
    cancelled = None if "cancel" in truth.untold else truth.cancelled
    found: set[tuple[str, str]] = set()
    base = dispatch_due(truth)
    is_sent = sent is not None and truth.is_whole and sent <= base
    if base <= until and not is_sent and not _by(cancelled, base):
        found.add(("S8-40", truth.name))
    if (
        sent is not None
        and sent + 24 <= until
        and not _by(truth.picked_up, sent + 24)
        and not _by(cancelled, sent + 24)
    ):
        found.add(("S3-25", f"SF-{truth.name}"))
    if cancelled is not None and truth.cancel_type == "oversold":
        found.add(("S3-14", truth.name))
    for days, rule in ((7, "S3-36"), (15, "S3-36b")):
        due = None if truth.returned is None else truth.returned + days * 24
        if due is not None and due <= until and not _by(truth.refunded, due):
            found.add((rule, f"as-{truth.name}"))
    return found


def dispatch_due(truth: Truth) -> float:
    """The hour by which the whole order has to be sent."""
    base = truth.platform_deadline
    if base is None:
        base = truth.presale_at if truth.stock == "presale" else truth.paid + 48
    if truth.promise is not None:
        base = min(base, truth.paid + truth.promise)
    if truth.extended_to is not None and truth.extension_agreed:
        base = max(base, truth.extended_to)
    return base


def _by(happened: float | None, hour: float) -> bool:
    return happened is not None and happened <= hour


def told(truth: Truth, start: datetime) -> list[tuple[float, dict]]:
    """The events of an order, each with the hour at which it happened."""

    def event(kind: str, subject: str, hour: float, **data: object) -> tuple[float, dict]:
        at = (start + hour * HOUR).isoformat()
        name = f"{kind}:{subject}:{len(found)}"
        return hour, {"id": name, "kind": kind, "subject": subject, "occurred_at": at, "data": data}

    def instant(hour: float | None) -> str | None:
        return None if hour is None else (start + hour * HOUR).isoformat()

    found: list[tuple[float, dict]] = []
    facts = {"paid_fen": truth.fen, "stock_type": truth.stock, "promise_hours": truth.promise}
    facts |= {"delivery_deadline_at": instant(truth.platform_deadline), "special_dispatch_filed": True}
    facts |= {"predicted_delivery_at": instant(truth.presale_at)}
    found.append(event("order.paid", truth.name, truth.paid, **facts))
    if truth.extended_to is not None:
        answer = {"answer": "agreed" if truth.extension_agreed else "refused", "extension_id": "x-1"}
        found.append(
            event("order.extension", truth.name, truth.paid + 1, extended_to_at=instant(truth.extended_to), **answer)
        )
    if truth.sent is not None and "deliver" not in truth.untold:
        waybill = {"waybill_id": f"SF-{truth.name}", "finish_delivery": truth.is_whole}
        found.append(event("order.deliver", truth.name, truth.sent, **waybill))
        if truth.picked_up is not None:
            found.append(event("logistics.event", f"SF-{truth.name}", truth.picked_up, action="picked_up"))
    if truth.cancelled is not None and "cancel" not in truth.untold:
        found.append(event("order.cancel", truth.name, truth.cancelled, cancel_type=truth.cancel_type))
    if truth.returned is not None:
        about = {"order_id": truth.name, "amount_fen": truth.fen, "type": "return"}
        name = f"as-{truth.name}"
        found.append(event("aftersale.update", name, truth.returned, status="return_received", **about))
        if truth.refunded is not None:
            found.append(event("aftersale.update", name, truth.refunded, status="refunded", **about))
    return found
