"""What of a payment in advance was not used yet when it is to be shared among receivers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import StoredValue
from app.values.facts import Happened
from app.values.policy import Policy

FACTS = ("past.topup_unspent_fen",)
PARAMETERS: tuple[str, ...] = ()


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, int | None]:
    """Of the payment in advance with the same transaction; None where the transaction is none.

    A payment that is an order as well stands on two time lines, and only its own knows what was used.
    """
    del policy
    own = (StoredValue.shop_id == event.shop_id) & (StoredValue.transaction_id == facts.get("transaction_id"))
    rows = session.scalars(select(StoredValue).where(own, StoredValue.paid_at <= event.at)).all()
    if not rows or not facts.get("transaction_id"):
        return dict.fromkeys(FACTS)
    left = [(row.paid_fen or 0) - (row.spent_fen or 0) for row in rows]
    return {FACTS[0]: max(min(left), 0)}
