"""When somebody last paid for an order of the shop: from then on the law has what was traded kept for three years."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Order
from app.values.facts import Happened
from app.values.person_names import spellings
from app.values.policy import Policy

FACTS = ("past.last_order_at",)
PARAMETERS: tuple[str, ...] = ()


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, Any]:
    """The newest payment up to the event, cancelled or not; None where no order of the person is known."""
    del facts, policy
    own = (Order.shop_id == event.shop_id) & Order.buyer_ref.in_(spellings(event.subject))
    return {FACTS[0]: session.scalar(select(func.max(Order.paid_at)).where(own, Order.paid_at <= event.at))}
