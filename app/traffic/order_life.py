"""Made-up lives of orders: what a shop's system would tell of each, from payment to the end. Pure: chance is given.

Most orders go well. Some are late, cancelled for want of goods, sent without a carrier's trace, complained about,
refunded late or split wrongly: as many as keep a console busy, more than an honest shop has. Hours count from the
payment.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

CATEGORIES = ("home", "food", "fresh", "clothing", "beauty", "digital")
CARRIERS = ("SF", "YTO", "ZTO", "JD")
PROVINCES = ("浙江", "广东", "江苏", "云南", "四川")
LONGEST_HOURS = 420.0
_PERSONS = 40
_BUYERS = 300


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens to an order, so many hours after it was paid."""

    hour: float
    kind: str
    subject: str
    data: dict[str, Any]


@dataclass(slots=True)
class Life:
    """One order's steps in the order in which they happen."""

    order_id: str
    shop_id: str
    steps: list[Step] = field(default_factory=list)

    def add(self, hour: float, kind: str, subject: str | None = None, **data: Any) -> None:
        """Let something happen."""
        told = {name: value for name, value in data.items() if value is not None}
        self.steps.append(Step(hour, kind, subject or self.order_id, told))


def make_life(chance: random.Random, order_id: str, shop_id: str, *, paid_at: datetime) -> Life:
    """A plausible order of a shop, paid at an instant."""
    life, paid_fen = Life(order_id, shop_id), chance.choice([1_990, 3_990, 6_900, 9_900, 19_900, 29_900, 68_800])
    category, is_presale = chance.choice(CATEGORIES), chance.random() < 0.06
    life.add(0, "order.paid", **_paid(chance, order_id, paid_fen, category, is_presale=is_presale, paid_at=paid_at))
    if chance.random() < 0.04:
        life.add(chance.uniform(0.5, 20), "order.cancel", cancel_type=chance.choice(["buyer", "oversold", "oversold"]))
        return _sorted(life)
    sent = chance.uniform(1, 40) if chance.random() < 0.88 else chance.uniform(49, 70)
    if is_presale:
        sent += 48
    if sent > 48 and chance.random() < 0.3:
        _negotiated(chance, life, sent, paid_at)
    if sent > 36 and chance.random() < 0.5:
        _urged(life, chance.uniform(24, 36), paid_at)
    if chance.random() < 0.97:
        _sent(chance, life, sent, category)
    if chance.random() < 0.05:
        _complained(chance, life, chance.uniform(20, sent + 60), paid_at)
    if chance.random() < 0.12:
        _returned(chance, life, sent + chance.uniform(60, 100), paid_fen)
    elif chance.random() < 0.6:
        _shared(chance, life, sent + chance.uniform(90, 120), paid_fen)
    return _sorted(life)


def happened_by(life: Life, age_hours: float) -> Iterator[Step]:
    """What has happened of it when it is so old."""
    return (step for step in life.steps if step.hour <= age_hours)


def _paid(
    chance: random.Random, order_id: str, paid_fen: int, category: str, *, is_presale: bool, paid_at: datetime
) -> dict[str, Any]:
    sends_at = paid_at + timedelta(hours=96)
    return {
        "paid_fen": paid_fen,
        "transaction_id": f"42{order_id[-18:]:0>18}",
        "stock_type": "presale" if is_presale else "spot",
        "predicted_delivery_at": sends_at.isoformat() if is_presale and chance.random() < 0.9 else None,
        "promise_hours": 24 if chance.random() < 0.03 else None,
        "category": category,
        "channel": chance.choice(["live", "live", "video", "share", "window"]),
        "buyer_ref": f"buyer-{int(_BUYERS * chance.random() ** 2)}",
        "supplier_id": f"supplier-{chance.randrange(12)}",
        "supplier_tier": chance.choice(["strategic", "distributor", "local"]),
        "perishable": True if category == "fresh" else None,
        "no_reason_return": category != "fresh",
        "no_return_confirmed": chance.random() < 0.9 if category == "fresh" else None,
        "profit_sharing": True,
    }


def _negotiated(chance: random.Random, life: Life, sent: float, paid_at: datetime) -> None:
    until, number = (paid_at + timedelta(hours=sent + 6)).isoformat(), f"x-{life.order_id}"
    asked = {"extension_id": number, "extended_to_at": until, "reason": "out_of_stock"}
    life.add(chance.uniform(20, 30), "order.extension", answer="asked", **asked)
    life.add(chance.uniform(31, 43), "order.extension", answer=chance.choice(["agreed", "agreed", "refused"]), **asked)


def _urged(life: Life, hour: float, paid_at: datetime) -> None:
    life.add(hour, "order.urge")
    until = (paid_at + timedelta(hours=hour + 24)).isoformat()
    about = {"order_id": life.order_id, "ticket_class": "urge_to_ship", "deadline_at": until}
    life.add(hour + 0.1, "ticket.update", f"tk-{life.order_id}", state="merchant", **about)


def _sent(chance: random.Random, life: Life, hour: float, category: str) -> None:
    carrier = chance.choice(CARRIERS)
    waybill = f"{carrier}{life.order_id}"
    about: dict[str, Any] = {"waybill_id": waybill, "delivery_id": carrier, "ship_province": chance.choice(PROVINCES)}
    if category == "fresh":
        pictures = ["waybill", "box", "opened", "item"]
        about |= {
            "quality_inspect_type": "fresh",
            "quality_inspect_pics": pictures[: 4 if chance.random() < 0.9 else 3],
        }
    life.add(hour, "order.deliver", **about)
    if chance.random() < 0.04:
        return  # a waybill that no carrier ever saw
    if category == "fresh":
        stretch = chance.randrange(60, 900) if chance.random() < 0.9 else chance.randrange(2_000, 5_000)
        cold: dict[str, Any] = {"out_of_range_seconds": stretch, "longest_gap_seconds": chance.randrange(10, 500)}
        life.add(hour + 12, "coldchain.reading", device_id=f"c-{chance.randrange(30)}", label_range="chilled", **cold)
    picked_up = hour + chance.uniform(0.5, 14)
    for after, action in ((0, "picked_up"), (9, "in_transit"), (30, "delivering"), (36, "signed")):
        life.add(picked_up + after, "logistics.event", waybill, action=action)
    life.add(picked_up + 37, "order.confirm")


def _complained(chance: random.Random, life: Life, hour: float, paid_at: datetime) -> None:
    number, about = f"cp-{life.order_id}", {"order_id": life.order_id, "channel": "shop"}
    until = (paid_at + timedelta(hours=hour + 48)).isoformat()
    life.add(hour, "complaint.update", number, status="pending", expires_at=until, **about)
    if chance.random() < 0.7:
        life.add(hour + chance.uniform(1, 20), "complaint.update", number, status="processed", **about)
    if chance.random() < 0.5:
        life.add(hour + 1, "claim.submit", claim_ref=f"cl-{life.order_id}", cause="late_dispatch")


def _returned(chance: random.Random, life: Life, hour: float, paid_fen: int) -> None:
    number, about = f"as-{life.order_id}", {"order_id": life.order_id, "type": "return", "amount_fen": paid_fen}
    for after, status in ((0, "opened"), (5, "waiting_return"), (30, "returned"), (60, "return_received")):
        life.add(hour + after, "aftersale.update", number, status=status, **about)
    if chance.random() < 0.8:
        done = hour + 60 + chance.uniform(2, 60)
        life.add(done, "aftersale.update", number, status="refunded", **about)
        said = {"order_id": life.order_id, "after_sale_id": number, "result": "success", "amount_fen": paid_fen}
        life.add(done + 0.1, "refund.finished", f"rf-{life.order_id}", **said)


def _shared(chance: random.Random, life: Life, hour: float, paid_fen: int) -> None:
    number, transaction = f"P{life.order_id}", life.steps[0].data["transaction_id"]
    share = paid_fen * (2_000 if chance.random() < 0.95 else 4_500) // 10_000
    kind = "PERSONAL_OPENID" if chance.random() < 0.5 else "MERCHANT_ID"
    account = f"person-{chance.randrange(_PERSONS)}" if kind == "PERSONAL_OPENID" else "1900000109"
    relation = "DISTRIBUTOR" if chance.random() < 0.97 else ""
    receiver = {"type": kind, "account": account, "amount_fen": share}
    about = {"order_id": life.order_id, "transaction_id": transaction}
    life.add(
        hour,
        "split.request",
        number,
        receivers=[receiver | {"relation": relation, "name_encrypted": True}],
        unsplit_fen=paid_fen,
        max_ratio_bp=3_000,
        unfreeze_unsplit=True,
        **about,
    )
    failed = not relation or chance.random() < 0.03
    result = {"result": "CLOSED" if failed else "SUCCESS", "fail_reason": "NO_RELATION" if failed else ""}
    life.add(hour + 0.2, "split.result", number, state="finished", receivers=[receiver | result], **about)


def _sorted(life: Life) -> Life:
    life.steps.sort(key=lambda step: step.hour)
    return life
