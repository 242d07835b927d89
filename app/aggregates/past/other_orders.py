"""Other orders that the same payment, split, after-sale, refund or guarantee was told of: each belongs to one alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import EventLink
from app.values.facts import Happened
from app.values.policy import Policy

FACTS = ("past.other_order_count",)
PARAMETERS: tuple[str, ...] = ()
NAMED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "order.paid": (("transaction", "transaction_id"),),
    "payment.succeeded": (("transaction", "transaction_id"),),
    "split.request": (("split", "out_order_no"),),
    "aftersale.update": (("refund", "after_sale_id"),),
    "guarantee.update": (("guarantee", "guarantee_order_id"),),
    "refund.finished": (("refund", "after_sale_id"), ("refund_no", "refund_id")),
}
"""By kind, what may belong to one order only, and the fact that names it."""


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, int | None]:
    """How many there are; None where the event names no order or nothing that belongs to one."""
    del facts, policy
    order_id = event.facts.get("order_id")
    names = [f"{called}:{event.facts[fact]}" for called, fact in NAMED[event.kind] if event.facts.get(fact)]
    if order_id is None or not names:
        return dict.fromkeys(FACTS)
    own = (EventLink.shop_id == event.shop_id) & EventLink.name.in_(names)
    others = select(func.count(EventLink.root.distinct())).where(own, EventLink.root != f"order:{order_id}")
    return {FACTS[0]: session.scalar(others)}
