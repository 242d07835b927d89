"""How many after-sales of a shop are open when a campaign is judged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Refund
from app.values.facts import Happened
from app.values.policy import Policy

FACTS = ("past.open_after_sale_count",)
PARAMETERS: tuple[str, ...] = ()


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, int | None]:
    """Opened by then, neither refunded nor closed."""
    del facts, policy
    own = (Refund.shop_id == event.shop_id) & (Refund.opened_at <= event.at)
    refunded = Refund.refunded_at.is_not(None) & (Refund.refunded_at <= event.at)
    closed = Refund.closed_at.is_not(None) & (Refund.closed_at <= event.at)
    return {FACTS[0]: session.scalar(select(func.count()).select_from(Refund).where(own, ~refunded, ~closed)) or 0}
