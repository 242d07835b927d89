"""What receivers of an order's money still hold: what they got by profit sharing, less what came back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Order, Split
from app.values.facts import Happened
from app.values.policy import Policy

FACTS = ("past.split_unreturned_fen",)
PARAMETERS: tuple[str, ...] = ()


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, int | None]:
    """Of all splits of the order's payment, as their results were told; None where no split of it is known."""
    del facts, policy
    paid = select(Order.transaction_id).where(Order.shop_id == event.shop_id, Order.subject == event.subject)
    rows = session.scalars(select(Split).where(Split.shop_id == event.shop_id, Split.transaction_id.in_(paid))).all()
    if not rows:
        return dict.fromkeys(FACTS)
    return {FACTS[0]: sum(max((row.split_fen or 0) - (row.returned_fen or 0), 0) for row in rows)}
