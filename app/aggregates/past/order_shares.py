"""What was asked to be shared of an order's payment by other splits, as they were told: not what the sender adds up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Split
from app.values.facts import Happened
from app.values.policy import Policy

FACTS = ("past.order_shared_fen",)
PARAMETERS: tuple[str, ...] = ()


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, int | None]:
    """Of a finished split what receivers got, of others what was asked for, less what came back; None: no other."""
    del facts, policy
    transaction = event.facts.get("transaction_id")
    own = (Split.shop_id == event.shop_id) & (Split.subject != event.subject) & (Split.requested_at <= event.at)
    rows = session.scalars(select(Split).where(own, Split.transaction_id == transaction)).all() if transaction else ()
    if not rows:
        return dict.fromkeys(FACTS)
    return {FACTS[0]: sum(max(_shared(row) - (row.returned_fen or 0), 0) for row in rows)}


def _shared(row: Split) -> int:
    return (row.split_fen if row.state == "finished" else row.asked_fen) or 0
