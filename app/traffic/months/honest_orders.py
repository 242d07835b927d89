"""Lives of a well-run shop's orders: sent in time, or later by agreement; refunded in days; split as agreed."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from app.traffic.order_life import Life

_SUPPLIERS = (
    ("supplier-0", "山东", 40),
    ("supplier-1", "浙江", 22),
    ("supplier-2", "广东", 14),
    ("supplier-3", "江苏", 10),
    ("supplier-4", "广西", 8),
    ("supplier-5", "黑龙江", 6),
)
_GOODS = (
    ("beauty", 6_900),
    ("farm_produce", 9_800),
    ("home", 3_990),
    ("clothing", 19_900),
    ("books", 5_800),
    ("food", 4_900),
    ("digital", 12_900),
    ("fresh", 8_800),
)
_CHANNELS = ("live", "live", "video", "share", "window")
_BUYERS = 600


def honest_life(chance: random.Random, order_id: str, shop_id: str, *, paid_at: datetime) -> Life:
    """An order that goes as it should, or goes wrong and is set right in time."""
    life = Life(order_id, shop_id)
    supplier, province, _ = chance.choices(_SUPPLIERS, [weight for *_, weight in _SUPPLIERS])[0]
    category, price = chance.choice(_GOODS)
    count = 1 if chance.random() < 0.8 else 2
    is_presale, is_split = chance.random() < 0.03, chance.random() < 0.5
    life.add(0, "order.paid", **_paid(chance, order_id, price * count, category, supplier, is_split=is_split))
    life.steps[0].data["items"] = [{"sku_id": f"sku-{_sku(category)}", "count": count, "unit_fen": price}]
    if is_presale:
        sends_at = (paid_at + timedelta(hours=120)).isoformat()
        life.steps[0].data.update(stock_type="presale", predicted_delivery_at=sends_at)
    if chance.random() < 0.02:
        life.add(chance.uniform(0.3, 1.5), "order.cancel", cancel_type="buyer")
        return life
    sent = chance.uniform(60, 100) if is_presale else chance.uniform(2, 30)
    if not is_presale and chance.random() < 0.01:
        sent = _agreed_later(chance, life, paid_at)
    signed = _sent(chance, life, sent, category, province)
    if chance.random() < 0.01:
        _complained(chance, life, signed + chance.uniform(1, 20), paid_at)
    if chance.random() < 0.04:
        _returned(chance, life, signed + chance.uniform(20, 60), price * count)
    elif is_split:
        _shared(life, signed + 8, price * count)
    life.steps.sort(key=lambda step: step.hour)
    return life


def _paid(
    chance: random.Random, order_id: str, paid_fen: int, category: str, supplier: str, *, is_split: bool
) -> dict[str, Any]:
    is_fresh = category == "fresh"
    return {
        "paid_fen": paid_fen,
        "transaction_id": f"43{order_id[-18:]:0>18}",
        "stock_type": "spot",
        "category": category,
        "channel": chance.choice(_CHANNELS),
        "payment_method": "wechat_pay",
        "buyer_ref": f"buyer-{int(_BUYERS * chance.random() ** 2)}",
        "supplier_id": supplier,
        "sku_ids": [f"sku-{_sku(category)}"],
        "perishable": True if is_fresh else None,
        "no_reason_return": not is_fresh,
        "no_return_confirmed": True if is_fresh else None,
        "profit_sharing": True if is_split else None,
        "delivery_area": "city",
    }


def _sku(category: str) -> int:
    return next(number for number, (name, _) in enumerate(_GOODS) if name == category)


def _agreed_later(chance: random.Random, life: Life, paid_at: datetime) -> float:
    """The shop asks in time for a later dispatch, the buyer agrees, and the shop keeps to it."""
    sent = chance.uniform(52, 66)
    asked = {"extension_id": f"x-{life.order_id}", "reason": "out_of_stock"}
    asked["extended_to_at"] = (paid_at + timedelta(hours=sent + 8)).isoformat()
    hour = chance.uniform(18, 26)
    life.add(hour, "order.extension", answer="asked", **asked)
    life.add(hour + chance.uniform(1, 8), "order.extension", answer="agreed", **asked)
    return sent


def _sent(chance: random.Random, life: Life, hour: float, category: str, province: str) -> float:
    carrier = chance.choice(("SF", "YTO", "ZTO", "JD"))
    waybill = f"{carrier}{life.order_id}"
    about: dict[str, Any] = {"waybill_id": waybill, "delivery_id": carrier, "ship_province": province}
    if category == "fresh":
        about |= {"quality_inspect_type": "fresh", "quality_inspect_pics": ["waybill", "box", "opened", "item"]}
    life.add(hour, "order.deliver", **about)
    if category == "fresh":
        cold: dict[str, Any] = {"out_of_range_seconds": 300, "longest_gap_seconds": 120, "label_range": "chilled"}
        life.add(hour + 12, "coldchain.reading", device_id=f"c-{chance.randrange(9)}", waybill_id=waybill, **cold)
    picked_up = hour + chance.uniform(0.5, 9)
    far = chance.uniform(24, 60)
    for after, action in ((0.0, "picked_up"), (6.0, "in_transit"), (far - 5, "delivering"), (far, "signed")):
        life.add(picked_up + after, "logistics.event", waybill, action=action)
    life.add(picked_up + far + 1, "order.confirm")
    return picked_up + far + 1


def _complained(chance: random.Random, life: Life, hour: float, paid_at: datetime) -> None:
    number, about = f"cp-{life.order_id}", {"order_id": life.order_id, "channel": "shop"}
    until = (paid_at + timedelta(hours=hour + 48)).isoformat()
    life.add(hour, "complaint.update", number, status="pending", expires_at=until, **about)
    life.add(hour + chance.uniform(0.5, 8), "complaint.update", number, status="processed", **about)


def _returned(chance: random.Random, life: Life, hour: float, paid_fen: int) -> None:
    number, about = f"as-{life.order_id}", {"order_id": life.order_id, "type": "return", "amount_fen": paid_fen}
    for after, status in ((0, "opened"), (5, "waiting_return"), (30, "returned"), (60, "return_received")):
        life.add(hour + after, "aftersale.update", number, status=status, **about)
    done = hour + 60 + chance.uniform(1, 30)
    life.add(done, "aftersale.update", number, status="refunded", **about)
    said = {"order_id": life.order_id, "after_sale_id": number, "result": "success", "amount_fen": paid_fen}
    life.add(done + 0.1, "refund.finished", f"rf-{life.order_id}", **said)


def _shared(life: Life, hour: float, paid_fen: int) -> None:
    number = f"P{life.order_id}"
    about = {"order_id": life.order_id, "transaction_id": life.steps[0].data["transaction_id"]}
    receiver = {"type": "MERCHANT_ID", "account": "1900000109", "amount_fen": paid_fen * 1_000 // 10_000}
    asked = receiver | {"relation": "SERVICE_PROVIDER", "name_encrypted": True}
    life.add(
        hour,
        "split.request",
        number,
        receivers=[asked],
        unsplit_fen=paid_fen,
        max_ratio_bp=3_000,
        unfreeze_unsplit=True,
        **about,
    )
    done = receiver | {"result": "SUCCESS", "fail_reason": ""}
    life.add(hour + 0.2, "split.result", number, state="finished", receivers=[done], **about)
