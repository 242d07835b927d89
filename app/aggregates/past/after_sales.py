"""What the after-sales of an order ask for together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Refund
from app.values.facts import Happened
from app.values.policy import Policy

FACTS = ("past.after_sales_fen",)
PARAMETERS: tuple[str, ...] = ()


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, int | None]:
    """Of all opened up to the event that are to end in a refund; None where no amount was told.

    One that was closed or refused gives way to the next, and an exchange gives nothing back.
    """
    del facts, policy
    own = (Refund.shop_id == event.shop_id) & (Refund.order_id == event.facts.get("order_id"))
    going = (Refund.opened_at <= event.at) & Refund.closed_at.is_(None)
    going &= func.coalesce(Refund.status, "") != "merchant_refused"
    going &= func.coalesce(Refund.type, "") != "exchange"
    total = session.scalar(select(func.sum(Refund.amount_fen)).where(own, going))
    return {FACTS[0]: None if total is None else int(total)}
